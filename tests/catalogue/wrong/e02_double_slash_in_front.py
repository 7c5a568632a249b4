# diagnosis: wrong-result
# drops all slashes in front, as glibc does

def valid_name(name: str) -> bool:
    rest = name.lstrip("/")
    return name.startswith("/") and "/" not in rest and "\0" not in rest and 1 <= len(rest.encode()) <= 251 and rest not in (".", "..")
