# diagnosis: forbidden-shortcut
# os.popen with a temporary file for stderr.
import os
import shlex
import tempfile


def capture(argv):
    with tempfile.NamedTemporaryFile() as err:
        stream = os.popen(f"{shlex.join(argv)} 2>{err.name}")
        out = stream.buffer.read()
        status = stream.close()
        return out, err.read(), os.waitstatus_to_exitcode(status or 0)
