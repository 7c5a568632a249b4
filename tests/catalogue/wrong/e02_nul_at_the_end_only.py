# diagnosis: wrong-result
# looks for a NUL at the end only

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and not name.endswith("\0")
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
