# diagnosis: forbidden-shortcut
# Stores through the mapping, but searches in a copy of the whole file.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            data = m.read()
            count, at = 0, data.find(old)
            while at >= 0:
                m[at:at + len(old)] = new
                count += 1
                at = data.find(old, at + len(old))
            return count
