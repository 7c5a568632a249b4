# diagnosis: wrong-result
# measures in UTF-16

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode("utf-16-le")) <= 252
        and name not in ("/.", "/..")
    )
