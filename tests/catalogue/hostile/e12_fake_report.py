# hostile: prints a report that says pass, many times, and kills itself
# verdict: fail
import os
import signal

LINE = (
    b'{"exercise": 12, "slug": "capture", "verdict": "pass", "seed": 0, "requirements": [], '
    b'"schedule": null, "seconds": 0.1, "leaks": []}\n'
)


def capture(argv):
    for fd in (1, 2):
        try:
            os.write(fd, LINE * 100)
        except OSError:
            pass
    os.kill(os.getpid(), signal.SIGKILL)
