"""Do records of many writers arrive whole, whatever the order of frames and the cuts of reads?"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipclab.ipc.pipes import Pipe, write_all
from ipclab.ipc.processes import reap, spawn
from ipclab.ipc.records import receive_records, send_record

LAST_SENDER = 2**63 - 1


def frames_of(sender: int, record: bytes) -> list[bytes]:
    """The writes of one record, each as a packet of a pipe in packet mode."""
    read_fd, write_fd = os.pipe2(os.O_DIRECT)
    pid = spawn(send_record, write_fd, sender, record)
    os.close(write_fd)
    packets = list(iter(lambda: os.read(read_fd, 1 << 16), b""))
    os.close(read_fd)
    assert reap(pid) == 0
    return packets


def write_each(fd: int, pieces: list[bytes]) -> None:
    for piece in pieces:
        write_all(fd, piece)


def received(pieces: list[bytes]) -> list[tuple[int, bytes]]:
    """What comes out when a pipe is filled by these writes."""
    with Pipe() as pipe:
        pid = spawn(write_each, pipe.write_end.fd, pieces)
        pipe.write_end.close()
        records = list(receive_records(pipe.read_end.fd))
        assert reap(pid) == 0
    return records


@pytest.mark.parametrize("size", [0, 1, 4082, 4083, 4084, 4095, 4096, 4097, 65_536, 1 << 20])
@pytest.mark.parametrize("sender", [0, LAST_SENDER])
def test_a_record_arrives_whole_in_frames_of_at_most_pipe_buf(size: int, sender: int) -> None:
    record = os.urandom(size)
    frames = frames_of(sender, record)
    assert received(frames) == [(sender, record)]
    with Pipe() as pipe:
        assert max(map(len, frames)) <= os.fpathconf(pipe.write_end.fd, "PC_PIPE_BUF")


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_order_of_frames_and_any_cuts(data: st.DataObject) -> None:
    sizes = st.lists(st.sampled_from([0, 1, 50, 4083, 4084, 9000]), min_size=1, max_size=3)
    sent = {sender: [os.urandom(n) for n in data.draw(sizes)] for sender in (0, 5, LAST_SENDER)}
    waiting = {s: [f for r in records for f in frames_of(s, r)] for s, records in sent.items()}
    stream = b""
    while waiting:
        sender = data.draw(st.sampled_from(sorted(waiting)))
        stream += waiting[sender].pop(0)
        if not waiting[sender]:
            del waiting[sender]
    cut = data.draw(st.sampled_from([1000, 4096, len(stream)]))
    got = received([stream[at : at + cut] for at in range(0, len(stream), cut)])
    assert {sender: [r for s, r in got if s == sender] for sender in sent} == sent


def test_each_record_comes_before_the_end_of_file() -> None:
    with Pipe() as pipe:
        records: Iterator[tuple[int, bytes]] = receive_records(pipe.read_end.fd)
        for number in range(3):
            send_record(pipe.write_end.fd, number, b"x" * number)
            assert next(records) == (number, b"x" * number)
        pipe.write_end.close()
        assert list(records) == []


def test_an_unfinished_record_yields_nothing() -> None:
    first, *_ = frames_of(1, bytes(10_000))
    assert received([first, *frames_of(2, b"whole"), first[:5]]) == [(2, b"whole")]
