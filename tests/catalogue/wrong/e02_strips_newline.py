# diagnosis: wrong-result
# strips blanks at the end, which belong to the name

def valid_name(name: str) -> bool:
    name = name.rstrip()
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
