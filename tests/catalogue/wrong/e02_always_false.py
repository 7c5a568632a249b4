# diagnosis: wrong-result
# says no to everything

def valid_name(name: str) -> bool:
    return False
