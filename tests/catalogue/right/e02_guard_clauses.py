# right: one early return for each part of the rule

def valid_name(name: str) -> bool:
    if not name or name[0] != "/":
        return False
    rest = name[1:]
    if rest in ("", ".", ".."):
        return False
    if "/" in rest or "\0" in rest:
        return False
    return len(rest.encode("utf-8")) <= 251
