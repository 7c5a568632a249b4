# hostile: writes into its directory, /tmp and the package's directory, and deletes what it has written
# verdict: fail
import os
import sys

NAME = "ipclab-hostile-deletes-files"


def pipe_capacity(read_fd, write_fd):
    for place in (os.getcwd(), "/tmp", "/dev/shm", os.path.dirname(os.path.abspath(sys.argv[0] or "."))):
        path = os.path.join(place, NAME)
        try:
            os.mkdir(path)
            with open(os.path.join(path, "file"), "w") as file:
                file.write("written by a solution")
            os.unlink(os.path.join(path, "file"))
            os.rmdir(path)
        except OSError:
            pass
    return 0
