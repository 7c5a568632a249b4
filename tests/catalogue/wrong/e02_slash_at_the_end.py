# diagnosis: wrong-result
# accepts a slash at the end

def valid_name(name: str) -> bool:
    rest = name[1:].rstrip("/")
    return name.startswith("/") and "/" not in rest and "\0" not in rest and 1 <= len(rest.encode()) <= 251 and rest not in (".", "..")
