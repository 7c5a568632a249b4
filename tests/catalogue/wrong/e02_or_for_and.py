# diagnosis: wrong-result
# joins the parts with or

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        or "/" not in name[1:]
        or "\0" not in name
        or 2 <= len(name.encode()) <= 252
        or name not in ("/.", "/..")
    )
