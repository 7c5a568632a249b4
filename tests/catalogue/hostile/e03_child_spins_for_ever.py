# hostile: the child sends the message and spins, deaf to signals
# verdict: fail
import os
import signal


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        while message:
            message = message[os.write(w, message):]
        os.close(w)
        while True:
            pass
    os.close(w)
    with open(r, "rb") as source:
        return source.read()
