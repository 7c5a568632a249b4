# hostile: execs /bin/true in the calling process, which exits 0
# verdict: fail
import os


def capture(argv):
    os.execv("/bin/true", ["true"])
