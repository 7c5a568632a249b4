# diagnosis: fd-leak
# The file is opened before the lengths are compared, and stays open.
import mmap
import os


def replace_in_place(path, old, new):
    fd = os.open(path, os.O_RDWR)
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    try:
        if os.fstat(fd).st_size == 0:
            return 0
        with mmap.mmap(fd, 0) as m:
            count, at = 0, m.find(old)
            while at != -1:
                m[at:at + len(old)] = new
                count += 1
                at = m.find(old, at + len(old))
            return count
    finally:
        os.close(fd)
