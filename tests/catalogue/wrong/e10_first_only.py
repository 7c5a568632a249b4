# diagnosis: wrong-result
# Replaces the first match only.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            at = m.find(old)
            if at == -1:
                return 0
            m[at:at + len(old)] = new
            return 1
