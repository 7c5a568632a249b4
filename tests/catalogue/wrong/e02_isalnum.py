# diagnosis: wrong-result
# allows letters and digits of any script only

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and name[1:].isalnum()
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
