# diagnosis: forbidden-shortcut
# Popen in a helper, imported under another name.
import importlib


def start(argv):
    library = importlib.import_module("sub" + "process")
    return library.Popen(argv, stdout=library.PIPE, stderr=library.PIPE)


def capture(argv):
    program = start(argv)
    out, err = program.communicate()
    return out, err, program.returncode
