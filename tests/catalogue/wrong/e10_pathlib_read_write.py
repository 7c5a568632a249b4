# diagnosis: forbidden-shortcut
# read_bytes, replace and write_bytes.
from pathlib import Path


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    data = Path(path).read_bytes()
    Path(path).write_bytes(data.replace(old, new))
    return data.count(old)
