# right: the child becomes cat, which copies a memfd into the pipe; subprocess makes pipe and child
import os
import subprocess


def opposite_ends(message: bytes) -> bytes:
    with open(os.memfd_create("message"), "w+b") as store:
        store.write(message)
        store.seek(0)
        child = subprocess.Popen(["/bin/cat"], stdin=store, stdout=subprocess.PIPE)
    with child:
        return child.stdout.read()
