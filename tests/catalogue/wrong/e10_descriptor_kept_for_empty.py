# diagnosis: fd-leak
# The way out for an empty file forgets the descriptor.
import mmap
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    fd = os.open(path, os.O_RDWR)
    if os.fstat(fd).st_size == 0:
        return 0
    with mmap.mmap(fd, 0) as m:
        os.close(fd)
        count, at = 0, m.find(old)
        while at != -1:
            m[at:at + len(old)] = new
            count += 1
            at = m.find(old, at + len(old))
        return count
