# diagnosis: wrong-result
# measures characters where the kernel measures bytes

def valid_name(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name) <= 252
        and name not in ("/.", "/..")
    )
