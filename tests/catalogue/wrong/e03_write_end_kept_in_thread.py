# diagnosis: write-end-left-open
# A thread reads to the end of file, which the process's own write end keeps away.
import os
import threading


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
    chunks = []

    def read():
        while chunk := os.read(r, 65536):
            chunks.append(chunk)

    reader = threading.Thread(target=read)
    reader.start()
    reader.join()
    received = b"".join(chunks)
    os.close(r)
    os.close(w)
    os.waitpid(pid, 0)
    return received
