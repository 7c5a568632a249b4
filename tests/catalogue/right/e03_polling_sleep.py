# right: ends that do not block, and short naps where the other side is not ready
import os
import time


def opposite_ends(message):
    r, w = os.pipe2(os.O_NONBLOCK)
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            while message:
                try:
                    message = message[os.write(w, message):]
                except BlockingIOError:
                    time.sleep(0.002)
        finally:
            os._exit(0)
    os.close(w)
    data = b""
    while True:
        try:
            chunk = os.read(r, 65536)
        except BlockingIOError:
            time.sleep(0.002)
            continue
        if not chunk:
            break
        data += chunk
    os.close(r)
    while os.waitpid(pid, os.WNOHANG)[0] == 0:
        time.sleep(0.002)
    return data
