# right: made under another name, then linked to the right one: it is never there half made
import os
import stat
import tempfile


def create(path):
    folder = os.path.dirname(os.path.abspath(path))
    workshop = tempfile.mkdtemp(dir=folder)
    made = os.path.join(workshop, "fifo")
    try:
        os.mkfifo(made)
        os.chmod(made, stat.S_IRUSR | stat.S_IWUSR)
        try:
            os.link(made, path)
        except FileExistsError:
            if not stat.S_ISFIFO(os.lstat(path).st_mode):
                raise
            os.replace(made, path)
    finally:
        if os.path.lexists(made):
            os.unlink(made)
        os.rmdir(workshop)


def serve_lines(path, handle, count):
    if count == 0:
        return
    create(path)
    with open(os.open(path, os.O_RDWR), "rb", buffering=0) as fifo:
        try:
            data = b""
            while count:
                if b"\n" not in data:
                    data += fifo.read(300)
                    continue
                line, data = data.split(b"\n", maxsplit=1)
                handle(line)
                count -= 1
        finally:
            os.unlink(path)


def send_line(path, line):
    message = b"".join((line, b"\n"))
    if len(message) > 4096:
        raise ValueError(len(message))
    out = os.open(path, os.O_WRONLY)
    try:
        if os.write(out, message) != len(message):
            raise OSError("a short write")
    finally:
        os.close(out)
