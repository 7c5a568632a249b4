# right: splits at the slashes and looks at the two parts

def valid_name(name: str) -> bool:
    parts = name.split("/")
    if len(parts) != 2 or parts[0] != "":
        return False
    rest = parts[1].encode()
    return 0 < len(rest) < 252 and 0 not in rest and rest not in {b".", b".."}
