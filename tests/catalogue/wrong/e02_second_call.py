# diagnosis: wrong-result
# remembers names and refuses one that it has seen

SEEN = set()


def valid_name(name: str) -> bool:
    if name in SEEN:
        return False
    SEEN.add(name)
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
