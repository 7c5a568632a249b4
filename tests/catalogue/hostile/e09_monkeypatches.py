# hostile: replaces os.write, os._exit, time.monotonic, json.dumps and others, then hangs
# verdict: fail
import json
import os
import signal
import time


def pipe_capacity(read_fd, write_fd):
    os.write = lambda fd, data: len(data)
    os._exit = lambda status: None
    time.monotonic = time.time = time.perf_counter = lambda: 0.0
    json.dumps = lambda *args, **kwargs: '{"verdict": "pass"}'
    json.loads = lambda *args, **kwargs: {"verdict": "pass"}
    signal.signal = signal.alarm = signal.setitimer = lambda *args: None
    while True:
        time.sleep(1)
