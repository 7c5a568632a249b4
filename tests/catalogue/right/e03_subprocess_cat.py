# right: the child is started by subprocess; the contract does not say how a child is made
import os
import subprocess


def opposite_ends(message):
    file = os.memfd_create("message")
    try:
        with open(file, "wb", closefd=False) as out:
            out.write(message)
        os.lseek(file, 0, os.SEEK_SET)
        with subprocess.Popen(["/bin/cat"], stdin=file, stdout=subprocess.PIPE) as child:
            return child.stdout.read()
    finally:
        os.close(file)
