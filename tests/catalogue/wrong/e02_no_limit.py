# diagnosis: wrong-result
# knows no limit

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and len(name) >= 2
        and name not in ("/.", "/..")
    )
