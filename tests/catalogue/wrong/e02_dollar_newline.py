# diagnosis: wrong-result
# a $ of the pattern matches before a newline, too: /. with a newline is an ordinary name

import re


def valid_name(name: str) -> bool:
    return bool(re.match(r"/(?!\.{1,2}$)[^/\0]+", name)) and "/" not in name[1:] and "\0" not in name and len(name.encode()) <= 252
