# diagnosis: wrong-result
# accepts /., the folder itself

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name != "/.."
    )
