# right: names imported from os, readv into a buffer of its own
from os import fpathconf, readv, write
from struct import Struct

header = Struct("!QHH")


def send_record(fd, sender, record):
    room = fpathconf(fd, "PC_PIPE_BUF") - header.size
    pieces = [record[at : at + room] for at in range(0, len(record), room)]
    if not pieces:
        pieces = [b""]
    last = pieces.pop()
    for piece in pieces:
        write(fd, header.pack(sender, 1, len(piece)) + piece)
    write(fd, header.pack(sender, 0, len(last)) + last)


def receive_records(fd):
    window = bytearray(1 << 15)
    stock, halves = bytearray(), {}
    while count := readv(fd, [window]):
        stock += window[:count]
        while len(stock) >= header.size:
            sender, more, length = header.unpack_from(stock)
            end = header.size + length
            if end > len(stock):
                break
            halves[sender] = halves.get(sender, b"") + bytes(stock[header.size : end])
            del stock[:end]
            if not more:
                yield sender, halves.pop(sender)
