# diagnosis: wrong-result
# counts slashes and allows one too many

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and name.count("/") <= 2
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
