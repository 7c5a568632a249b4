# right: a regular expression for the letters, a count of bytes beside it

import re

PATTERN = re.compile(r"/(?!\.{1,2}\Z)[^/\0]+", re.DOTALL)


def valid_name(name: str) -> bool:
    return PATTERN.fullmatch(name) is not None and len(name.encode()) <= 252
