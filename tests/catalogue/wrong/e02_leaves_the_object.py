# diagnosis: name-leak, wrong-result
# right by the rule, but creates each object to be sure and leaves it

def rule(name: str) -> bool:
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )


def valid_name(name: str) -> bool:
    if not rule(name):
        return False
    import posix_ipc

    posix_ipc.SharedMemory(name, posix_ipc.O_CREAT, size=1).close_fd()
    return True
