# diagnosis: orphan-left
# A thread that nobody joins waits for the child's end after the call.
import os
import threading
import time


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
    received = b""
    while chunk := os.read(r, 65536):
        received += chunk
    os.close(r)
    os.waitpid(pid, 0)
    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
    return received
