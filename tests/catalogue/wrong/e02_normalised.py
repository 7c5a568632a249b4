# diagnosis: wrong-result
# lets normpath resolve dots and slashes first

import os


def valid_name(name: str) -> bool:
    name = os.path.normpath(name)
    return (
        name.startswith("/")
        and "/" not in name[1:]
        and "\0" not in name
        and 2 <= len(name.encode()) <= 252
        and name not in ("/.", "/..")
    )
