# diagnosis: wrong-result
# accepts a name without the leading slash

def valid_name(name: str) -> bool:
    rest = name.removeprefix("/")
    return "/" not in rest and "\0" not in rest and 1 <= len(rest.encode()) <= 251 and rest not in (".", "..")
