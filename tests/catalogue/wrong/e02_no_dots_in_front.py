# diagnosis: wrong-result
# refuses every name that begins with a dot

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and not name.startswith("/.")
    )
