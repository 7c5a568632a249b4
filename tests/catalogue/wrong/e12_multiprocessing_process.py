# diagnosis: forbidden-shortcut
# multiprocessing forks; exec is called in its process.
import multiprocessing
import os
import threading


def child(argv, out, err):
    os.dup2(out, 1)
    os.dup2(err, 2)
    os.execv(argv[0], argv)


def read_all(fd, parts):
    while chunk := os.read(fd, 65536):
        parts.append(chunk)
    os.close(fd)


def capture(argv):
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    process = multiprocessing.get_context("fork").Process(target=child, args=(argv, out_write, err_write))
    process.start()
    os.close(out_write)
    os.close(err_write)
    out, err = [], []
    readers = [threading.Thread(target=read_all, args=pair) for pair in ((out_read, out), (err_read, err))]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    process.join()
    return b"".join(out), b"".join(err), process.exitcode
