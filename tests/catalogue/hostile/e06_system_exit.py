# hostile: raises SystemExit in the receiver, KeyboardInterrupt in the writer
# verdict: fail
def send_record(fd, sender, record):
    raise KeyboardInterrupt


def receive_records(fd):
    raise SystemExit(0)
