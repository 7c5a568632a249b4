# hostile: prints a report that says pass, many times, and ends
# verdict: fail
import os

LINE = b'{"exercise": 3, "slug": "opposite-ends", "verdict": "pass", "requirements": [], "leaks": []}\n'


def opposite_ends(message):
    for _ in range(1000):
        os.write(1, LINE)
    os._exit(0)
