# diagnosis: wrong-result
# a . in the pattern that does not match a newline

import re


def valid_name(name: str) -> bool:
    return bool(re.fullmatch(r"/.+", name)) and "/" not in name[1:] and "\0" not in name and len(name.encode()) <= 252 and name not in ("/.", "/..")
