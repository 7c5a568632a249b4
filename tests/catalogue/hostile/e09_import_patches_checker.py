# hostile: replaces whatever of ipclab is loaded while it is imported, so that every report passes
# verdict: fail, error
import sys


class Pass:
    verdict = status = "pass"

    def __bool__(self):
        return True

    def __call__(self, *args, **kwargs):
        return self

    def __getattr__(self, name):
        return self


for name, module in list(sys.modules.items()):
    if name.split(".")[0] == "ipclab":
        for attribute in dir(module):
            if not attribute.startswith("__"):
                setattr(module, attribute, Pass())


def pipe_capacity(read_fd, write_fd):
    return 65536
