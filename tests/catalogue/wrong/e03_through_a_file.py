# diagnosis: wrong-result
# The child leaves the message in a temporary file.
import os
import tempfile


def opposite_ends(message):
    with tempfile.TemporaryFile() as file:
        pid = os.fork()
        if pid == 0:
            try:
                file.write(message)
                file.flush()
            finally:
                os._exit(0)
        os.waitpid(pid, 0)
        file.seek(0)
        return file.read()
