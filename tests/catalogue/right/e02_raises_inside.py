# right: helpers raise, the function turns that into an answer

class Refused(Exception):
    pass


def check(name):
    if name.count("/") != 1 or not name.startswith("/"):
        raise Refused("slashes")
    if name.strip("/") in ("", ".", ".."):
        raise Refused("nothing there")
    if name.find("\x00") >= 0:
        raise Refused("NUL")
    if len(name.encode()) > 1 + 251:
        raise Refused("long")


def valid_name(name: str) -> bool:
    try:
        check(name)
    except Refused:
        return False
    return True
