# right: the fork is made by a thread that is gone afterwards
import os
from concurrent.futures import ThreadPoolExecutor


def talk(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            while message:
                message = message[os.write(w, message):]
        finally:
            os._exit(0)
    os.close(w)
    with open(r, "rb") as source:
        data = source.read()
    os.waitpid(pid, 0)
    return data


def opposite_ends(message):
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(talk, message).result()
