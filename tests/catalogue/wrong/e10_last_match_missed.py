# diagnosis: wrong-result
# The search ends one byte too early.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            count, at = 0, m.find(old, 0, len(m) - 1)
            while at != -1:
                m[at:at + len(old)] = new
                count += 1
                at = m.find(old, at + len(old), len(m) - 1)
            return count
