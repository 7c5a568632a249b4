# diagnosis: wrong-result, exception
# accepts a NUL inside

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
