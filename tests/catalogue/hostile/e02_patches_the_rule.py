# hostile: replaces the checker's own rule in its process
# verdict: fail

import ipclab.ipc.names as names


def valid_name(name):
    names.valid_name = lambda other: True
    names.why_not_portable = lambda other: None
    return True
