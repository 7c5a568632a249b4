# diagnosis: wrong-result
# strips blanks first, so that a blank may stand before the slash

def valid_name(name: str) -> bool:
    name = name.strip()
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
