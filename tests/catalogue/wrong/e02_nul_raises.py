# diagnosis: wrong-result, exception
# raises for a NUL instead of answering

def valid_name(name: str) -> bool:
    if "\0" in name:
        raise ValueError("embedded NUL")
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
