# diagnosis: size-not-checked
# Another length shifts what follows and changes the file's size.
import mmap
import os


def replace_in_place(path, old, new):
    if not old:
        raise ValueError("empty")
    with open(path, "r+b") as f:
        size = os.fstat(f.fileno()).st_size
        if size == 0:
            return 0
        with mmap.mmap(f.fileno(), 0) as m:
            count, at = 0, m.find(old)
            while at >= 0:
                end = len(m)
                if len(new) > len(old):
                    m.resize(end + len(new) - len(old))
                m.move(at + len(new), at + len(old), end - at - len(old))
                if len(new) < len(old):
                    m.resize(end + len(new) - len(old))
                m[at:at + len(new)] = new
                count += 1
                at = m.find(old, at + len(new))
            return count
