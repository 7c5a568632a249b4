# diagnosis: wrong-result
# accepts a second slash inside

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
