# right: tries the file's name in a folder of its own, and removes it

import os
import tempfile


def valid_name(name: str) -> bool:
    if not name.startswith("/") or "/" in name[1:] or "\0" in name:
        return False
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "sem." + name[1:])
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        except OSError:
            return False
        os.unlink(path)
    return name[1:] not in ("", ".", "..")
