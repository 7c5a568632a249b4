# right: the child puts the message into a file in memory, and sendfile moves it
import os


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            file = os.memfd_create("message")
            with open(file, "wb", closefd=False) as out:
                out.write(message)
            done = 0
            while done < len(message):
                done += os.sendfile(w, file, done, len(message) - done)
        finally:
            os._exit(0)
    os.close(w)
    chunks = []
    for chunk in iter(lambda: os.read(r, 1 << 20), b""):
        chunks.append(chunk)
    os.close(r)
    os.waitpid(pid, 0)
    return b"".join(chunks)
