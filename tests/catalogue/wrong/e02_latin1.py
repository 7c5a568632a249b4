# diagnosis: wrong-result, exception
# measures in Latin-1, which lacks most letters

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode("latin-1")) <= 252
        and name not in ("/.", "/..")
    )
