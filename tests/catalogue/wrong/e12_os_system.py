# diagnosis: forbidden-shortcut
# os.system and two temporary files.
import os
import shlex
import tempfile


def capture(argv):
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
        status = os.system(f"exec {shlex.join(argv)} >{out.name} 2>{err.name}")
        return out.read(), err.read(), os.waitstatus_to_exitcode(status)
