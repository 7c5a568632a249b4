# diagnosis: zombie-left
# A child does the work and is not waited for.
import mmap
import os


def _work(path, old, new):
    with open(path, "r+b") as f, mmap.mmap(f.fileno(), 0) as m:
        count, at = 0, m.find(old)
        while at >= 0:
            m[at:at + len(old)] = new
            count += 1
            at = m.find(old, at + len(old))
        return count


def replace_in_place(path, old, new):
    if not old or len(old) != len(new):
        raise ValueError("lengths")
    if os.path.getsize(path) == 0:
        return 0
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.write(w, b"%d" % _work(path, old, new))
            status = 0
        finally:
            os._exit(status)
    os.close(w)
    said = os.read(r, 100)
    os.close(r)
    return int(said)
