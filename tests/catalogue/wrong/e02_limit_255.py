# diagnosis: wrong-result
# allows 255 bytes: a semaphore's file begins with sem.

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 256
        and name not in ("/.", "/..")
    )
