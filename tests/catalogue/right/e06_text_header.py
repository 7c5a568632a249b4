# right: a header in text that ends in a newline, read byte-exactly
import os


def send_record(fd, sender, record):
    limit = os.fpathconf(fd, "PC_PIPE_BUF")
    rest = memoryview(record)
    while True:
        part = rest[: limit - 40]
        rest = rest[len(part) :]
        header = f"{sender} {len(part)} {'+' if rest else '.'}\n".encode()
        os.write(fd, header + bytes(part))
        if not rest:
            break


def receive_records(fd):
    pending, records = b"", {}
    for data in iter(lambda: os.read(fd, 10_000), b""):
        pending += data
        while b"\n" in pending:
            header, _, rest = pending.partition(b"\n")
            sender, length, mark = header.split()
            if len(rest) < int(length):
                break
            sender, length = int(sender), int(length)
            records.setdefault(sender, bytearray()).extend(rest[:length])
            pending = rest[length:]
            if mark == b".":
                yield sender, bytes(records.pop(sender))
