# right: closes nothing by hand: the mapping goes with its last name
import mmap
import os


def replace_in_place(path, old, new):
    if len(old) == 0 or len(old) != len(new):
        raise ValueError
    with open(path, "rb+") as f:
        if not os.fstat(f.fileno()).st_size:
            return 0
        m = mmap.mmap(f.fileno(), 0)
    n = 0
    i = m.find(old)
    while ~i:
        m[i:i + len(old)] = new
        n += 1
        i = m.find(old, i + len(old))
    return n
