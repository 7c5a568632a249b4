# diagnosis: fd-leak
# os.open without os.close.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    fd = os.open(path, os.O_RDWR)
    if os.fstat(fd).st_size == 0:
        os.close(fd)
        return 0
    with mmap.mmap(fd, 0) as m:
        count, at = 0, m.find(old)
        while at != -1:
            m[at:at + len(old)] = new
            count += 1
            at = m.find(old, at + len(old))
        return count
