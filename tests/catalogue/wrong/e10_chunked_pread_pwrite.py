# diagnosis: forbidden-shortcut
# No mapping at all: pieces are read and the matches written with pwrite.
import os


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    fd = os.open(path, os.O_RDWR)
    try:
        size, count, at = os.fstat(fd).st_size, 0, 0
        while at <= size - len(old):
            piece = os.pread(fd, (1 << 20) + len(old), at)
            where, last = piece.find(old), 0
            while where >= 0:
                os.pwrite(fd, new, at + where)
                count += 1
                last = where + len(old)
                where = piece.find(old, last)
            at += max(last, len(piece) - len(old) + 1)
        return count
    finally:
        os.close(fd)
