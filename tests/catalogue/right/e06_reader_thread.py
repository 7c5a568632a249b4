# right: a thread reads and a queue hands over
import os
import queue
import struct
import threading

HEADER = struct.Struct("<QI?")


def send_record(fd, sender, record):
    room = os.fpathconf(fd, "PC_PIPE_BUF") - HEADER.size
    offsets = list(range(0, len(record), room)) or [0]
    for offset in offsets:
        part = record[offset : offset + room]
        os.write(fd, HEADER.pack(sender, len(part), offset == offsets[-1]) + part)


def receive_records(fd):
    records = queue.SimpleQueue()

    def work():
        buffer, unfinished = bytearray(), {}
        while data := os.read(fd, 1 << 14):
            buffer += data
            while len(buffer) >= HEADER.size:
                sender, length, last = HEADER.unpack_from(buffer)
                if len(buffer) < HEADER.size + length:
                    break
                part = bytes(buffer[HEADER.size : HEADER.size + length])
                del buffer[: HEADER.size + length]
                unfinished.setdefault(sender, []).append(part)
                if last:
                    records.put((sender, b"".join(unfinished.pop(sender))))
        records.put(None)

    threading.Thread(target=work, daemon=True).start()
    while (item := records.get()) is not None:
        yield item
