# right: searches one mapping, which may only be read, and stores into another
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    with open(path, "r+b") as f:
        if os.fstat(f.fileno()).st_size == 0:
            return 0
        with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as source, mmap.mmap(f.fileno(), 0) as target:
            found, at = [], source.find(old)
            while at >= 0:
                found.append(at)
                at = source.find(old, at + len(old))
            for at in found:
                target[at:at + len(old)] = new
            return len(found)
