# hostile: replaces what the modules hold, in the process that is asked
# verdict: fail
import gc
import json
import os
import sys


def serve_lines(path, handle, count):
    os.mkfifo(path, 0o600)
    os.read = os.write = os._exit = lambda *arguments: 0
    json.dumps = lambda record: '{"raised": null, "value": "", "left": [], "changed": []}'
    gc.collect = sys.exit


def send_line(path, line):
    fd = os.open(path, os.O_WRONLY)
    os.write(fd, line + b"\n")
    os.close(fd)
