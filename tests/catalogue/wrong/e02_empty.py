# diagnosis: wrong-result
# accepts the empty string: it looks at what follows the slash only

def valid_name(name: str) -> bool:
    if not name:
        return True
    return name[0] == "/" and "/" not in name[1:] and "\0" not in name and 2 <= len(name.encode()) <= 252 and name not in ("/.", "/..")
