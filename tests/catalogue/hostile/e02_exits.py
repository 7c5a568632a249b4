# hostile: leaves the process in the middle of the names
# verdict: fail

import os


def valid_name(name):
    if name == "/counter":
        os._exit(0)
    return True
