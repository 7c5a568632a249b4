# diagnosis: private-mapping
# Opened for reading only, so that only a private mapping can be stored into.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    fd = os.open(path, os.O_RDONLY)
    try:
        if os.fstat(fd).st_size == 0:
            return 0
        m = mmap.mmap(fd, 0, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ | mmap.PROT_WRITE)
        count = 0
        at = m.find(old)
        while at >= 0:
            m[at:at + len(old)] = new
            count += 1
            at = m.find(old, at + len(old))
        m.close()
        return count
    finally:
        os.close(fd)
