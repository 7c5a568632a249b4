# hostile: prints a report that says pass while it is imported, and leaves with status 0
# verdict: error, fail
import json
import os

print(json.dumps({"exercise": 9, "slug": "pipe-buffering", "verdict": "pass", "seed": 0, "requirements": [],
                  "schedule": None, "seconds": 0.0, "leaks": []}), flush=True)
os._exit(0)


def pipe_capacity(read_fd, write_fd):
    return 65536
