# diagnosis: wrong-result
# allows 252 bytes after the slash

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 253
        and name not in ("/.", "/..")
    )
