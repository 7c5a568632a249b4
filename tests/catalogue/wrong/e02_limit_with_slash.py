# diagnosis: wrong-result
# counts the slash among the 251

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 251
        and name not in ("/.", "/..")
    )
