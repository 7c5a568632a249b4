# diagnosis: size-not-checked
# The first match is overwritten before the lengths are compared.
import mmap
import os


def replace_in_place(path, old, new):
    if not old:
        raise ValueError("empty")
    if os.path.getsize(path) == 0:
        return 0
    with open(path, "r+b") as f:
        with mmap.mmap(f.fileno(), 0) as m:
            at = m.find(old)
            if at >= 0 and len(old) != len(new):
                m[at] = 0
            if len(old) != len(new):
                raise ValueError("lengths")
            count, at = 0, m.find(old)
            while at != -1:
                m[at:at + len(old)] = new
                count += 1
                at = m.find(old, at + len(old))
            return count
