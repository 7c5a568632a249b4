# diagnosis: wrong-result
# says yes to everything

def valid_name(name: str) -> bool:
    return True
