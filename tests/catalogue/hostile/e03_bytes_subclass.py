# hostile: returns a subclass of bytes that equals everything
# verdict: fail
import os


class Message(bytes):
    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    __hash__ = bytes.__hash__


def opposite_ends(message):
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return Message(b"anything")
