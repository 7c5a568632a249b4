# right: a thread of the parent reads, while the main thread waits for the child
import os
import threading


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            at = 0
            while at < len(message):
                at += os.write(w, message[at:])
        finally:
            os._exit(0)
    os.close(w)
    received = []

    def read():
        while chunk := os.read(r, 65536):
            received.append(chunk)

    reader = threading.Thread(target=read)
    reader.start()
    os.waitpid(pid, 0)
    reader.join()
    os.close(r)
    return b"".join(received)
