# right: asks pathlib for the parts; . and .. by hand

import os


def valid_name(name: str) -> bool:
    folder, base = os.path.split(name)
    if folder != "/" or name != "/" + base:
        return False
    return base not in ("", os.curdir, os.pardir) and "\0" not in base and len(os.fsencode(base)) <= 255 - len("sem.")
