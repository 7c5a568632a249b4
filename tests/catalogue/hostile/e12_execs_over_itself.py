# hostile: execs the program in the calling process: nobody returns
# verdict: fail
import os


def capture(argv):
    os.execv(argv[0], argv)
