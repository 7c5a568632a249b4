# diagnosis: forbidden-shortcut
# The mapping is for searching only; a second file object writes.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    if os.path.getsize(path) == 0:
        return 0
    count = 0
    with open(path, "r+b") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
        at = m.find(old)
        while at >= 0:
            f.seek(at)
            f.write(new)
            count += 1
            at = m.find(old, at + len(old))
    return count
