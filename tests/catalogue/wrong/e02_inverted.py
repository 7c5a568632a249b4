# diagnosis: wrong-result
# answers the opposite question

def valid_name(name: str) -> bool:
    return not (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
