# diagnosis: wrong-result
# A list that is made once, as a default, keeps the chunks of earlier calls.
import os

def read_all(fd, chunks=[]):
    while chunk := os.read(fd, 65536):
        chunks.append(chunk)
    return b"".join(chunks)


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            rest = memoryview(message)
            while rest:
                rest = rest[os.write(w, rest):]
        finally:
            os._exit(0)
    os.close(w)
    received = read_all(r)
    os.close(r)
    os.waitpid(pid, 0)
    return received
