# diagnosis: wrong-result
# allows letters, digits, dash and underscore only

import re


def valid_name(name: str) -> bool:
    return re.fullmatch(r"/[A-Za-z0-9._-]{1,251}", name) is not None and name not in ("/.", "/..")
