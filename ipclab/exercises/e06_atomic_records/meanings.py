"""What does each diagnosis mean where writers share a pipe?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

SILENCE = {
    "lost-item": Diagnosis(
        "Only a read that returns no bytes is the end of file. A silence is none, however long: a"
        " writer that is stopped holds its write end open, and goes on later.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
}

MEANINGS = {
    "wrong-result": Diagnosis(
        "What comes out must be what was sent: the same bytes, under the number of the sender, as soon"
        " as the record is complete.",
        "the exercise's text",
    ),
    "exception": Diagnosis(
        "A record may have any length from 0 bytes to 1 MiB and hold any bytes, and a sender any number"
        " from 0 to 2**63 - 1. The descriptors stay open and as they were.",
        "man 3 errno",
    ),
    "hang": Diagnosis(
        "Somebody waits for what cannot come: bytes that no one will send, or a turn that no one gives.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "partial-read": Diagnosis(
        "A pipe has no record boundaries: one read may return half a frame, or three and a half. Keep"
        " what is incomplete, and go on when more has come. What a dead writer left is no record.",
        "man 2 read, 'RETURN VALUE'; man 7 pipe",
    ),
    "interleaved-records": Diagnosis(
        "Only one write of at most PIPE_BUF bytes, header included, is kept in one piece. Between two"
        " writes, and inside a longer one, others may write. So every frame says whose it is, and the"
        " receiver keeps the parts of each sender apart.",
        "man 7 pipe, 'PIPE_BUF'; man 3 fpathconf",
    ),
    "flags-changed": Diagnosis(
        "All writers share the open file description of the write end, all readers that of the read"
        " end, and O_NONBLOCK stands there. Left behind, it makes another writer's write fail with EAGAIN"
        " in mid-record. Put the flags back, also when the iterator is closed early.",
        "man 2 fcntl, 'File status flags'; man 7 pipe, 'PIPE_BUF'",
    ),
    "fd-leak": Diagnosis(
        "The pipe ends when its last write end is closed. A duplicate that send_record leaves open keeps"
        " the receiver waiting, one that receive_records leaves open hides from the writers that nobody"
        " reads; and one more for each record soon exhausts the process's descriptors.",
        "man 7 pipe, 'I/O on pipes and FIFOs'; man 2 dup",
    ),
    "lost-item": Diagnosis(
        "A record was sent and never came out. An empty record needs a frame as every other does, and"
        ' its b"" is not the end.',
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "partial-write": Diagnosis(
        "Not every byte of the record was written. A long record takes as many writes as it has parts.",
        "man 2 write, 'RETURN VALUE'",
    ),
}
