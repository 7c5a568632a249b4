# diagnosis: wrong-result, hang
# The search begins anew at the start of the file after each match.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("old and new must be of one length, and not empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            count = 0
            at = m.find(old)
            while at != -1 and old != new:
                m[at:at + len(old)] = new
                count += 1
                at = m.find(old)
            return count
