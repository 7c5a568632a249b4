# diagnosis: wrong-result
# forgets to return the answer

def valid_name(name: str) -> bool:
    ok = name.startswith("/") and "/" not in name[1:] and 2 <= len(name.encode()) <= 252
