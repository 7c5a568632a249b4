# diagnosis: wrong-result, exception
# raises instead of returning False

def valid_name(name: str) -> bool:
    if not name.startswith("/"):
        raise ValueError("a name begins with a slash")
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
