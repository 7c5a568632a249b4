# diagnosis: wrong-result, exception
# encodes as ASCII and fails on other letters

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode("ascii")) <= 252
        and name not in ("/.", "/..")
    )
