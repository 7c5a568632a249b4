# right: os.open, try and finally, flush at the end
import mmap
import os


def replace_in_place(path, old, new):
    if len(old) != len(new) or old == b"":
        raise ValueError("lengths")
    fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        size = os.fstat(fd).st_size
        if size == 0:
            return 0
        m = mmap.mmap(fd, size, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE)
    finally:
        os.close(fd)
    try:
        count = 0
        start = 0
        while True:
            at = m.find(old, start)
            if at < 0:
                break
            m.seek(at)
            m.write(new)
            count += 1
            start = at + len(old)
        m.flush()
        return count
    finally:
        m.close()
