# diagnosis: forbidden-shortcut
# Writes a new file and renames it over the old one.
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    with open(path, "rb") as f:
        data = f.read()
    with open(path + ".new", "wb") as f:
        f.write(data.replace(old, new))
    os.replace(path + ".new", path)
    return data.count(old)
