# diagnosis: flags-changed
# leaves the write end non-blocking
import os
import struct

H = struct.Struct("<qIIH")


def send_record(fd, sender, record):
    room = os.fpathconf(fd, os.pathconf_names["PC_PIPE_BUF"]) - H.size
    os.set_blocking(fd, False)
    count = max(1, -(-len(record) // room))
    for number in range(count):
        part = record[number * room : (number + 1) * room]
        os.write(fd, H.pack(sender, number, count, len(part)) + part)


def receive_records(fd):
    data, table = b"", {}
    while piece := os.read(fd, 100_000):
        data += piece
        at = 0
        while len(data) - at >= H.size:
            sender, number, count, length = H.unpack_from(data, at)
            if len(data) - at - H.size < length:
                break
            at += H.size
            parts = table.setdefault(sender, {})
            parts[number] = data[at : at + length]
            at += length
            if len(parts) == count:
                del table[sender]
                yield sender, b"".join(parts[i] for i in range(count))
        data = data[at:]
