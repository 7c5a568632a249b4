# hostile: writes a report of its own to every open descriptor and leaves with status 0
# verdict: fail
import json
import os
import sys

REPORT = {
    "exercise": 9,
    "slug": "pipe-buffering",
    "verdict": "pass",
    "seed": 0,
    "requirements": [],
    "schedule": None,
    "seconds": 0.0,
    "leaks": [],
}


def pipe_capacity(read_fd, write_fd):
    print(json.dumps(REPORT), flush=True)
    print(json.dumps(REPORT), file=sys.stderr, flush=True)
    text = json.dumps(REPORT).encode() + b"\n"
    for fd in range(3, 256):
        if fd in (read_fd, write_fd):
            continue
        try:
            os.set_blocking(fd, False)
            os.write(fd, len(text).to_bytes(4, "little") + text)
        except OSError:
            pass
    os._exit(0)
