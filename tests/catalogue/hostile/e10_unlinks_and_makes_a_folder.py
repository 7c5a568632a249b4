# hostile: puts a folder where the file was
# verdict: fail
import os


def replace_in_place(path, old, new):
    os.unlink(path)
    os.mkdir(path)
    return 1
