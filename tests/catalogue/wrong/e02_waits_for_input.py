# diagnosis: hang, exception
# asks the user

def valid_name(name: str) -> bool:
    while True:
        if name == '/done':
            return True
