# right: a class that is a context manager, each side a method
import os


class Talk:
    def __init__(self, message):
        self.message = message
        self.pid = None
        self.ends = set()

    def __enter__(self):
        self.r, self.w = os.pipe()
        self.ends = {self.r, self.w}
        self.pid = os.fork()
        if self.pid == 0:
            self.speak()
        self.close(self.w)
        return self

    def __exit__(self, *exception):
        for fd in list(self.ends):
            self.close(fd)
        os.waitpid(self.pid, 0)

    def close(self, fd):
        self.ends.remove(fd)
        os.close(fd)

    def speak(self):
        try:
            self.close(self.r)
            done = 0
            while done < len(self.message):
                done += os.write(self.w, self.message[done:done + 30000])
        finally:
            os._exit(0)

    def __iter__(self):
        while chunk := os.read(self.r, 10000):
            yield chunk


def opposite_ends(message):
    with Talk(message) as talk:
        return b"".join(talk)
