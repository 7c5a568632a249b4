"""What does each diagnosis mean where strangers meet at a FIFO?"""

from __future__ import annotations

from ipclab.exercises.diagnoses import Diagnosis

_EOF = "man 7 pipe, 'I/O on pipes and FIFOs'; man 7 fifo"

MEANINGS = {
    "wrong-result": Diagnosis(
        "A line is what stands before a newline: bytes, as they were sent, each handled once. All that"
        " serve_lines returns is None, and of the caller's things it touches none but the FIFO.",
        "man 7 fifo; the exercise's text",
    ),
    "exception": Diagnosis(
        "Somebody who comes early, leaves early or sends odd bytes is an ordinary guest at a FIFO. Where"
        " the exception carries an errno, the manual page of the call says what it means.",
        "man 2 open, 'ERRORS'; man 7 fifo",
    ),
    "hang": Diagnosis(
        "It waits, or lets others wait, for something that need not come: a client that has had its say, an"
        " end of file, another program's open. What ends the service is the number of lines.",
        _EOF,
    ),
    "lost-item": Diagnosis(
        "End of file means that there is no writer at this moment, and not that no more will come: the next"
        " client may be on its way. So may it after a long silence. And what nobody has read when the last"
        " descriptor of a FIFO is closed is gone, also when its sender got no error.",
        _EOF,
    ),
    "reordered-item": Diagnosis(
        "A FIFO keeps the order of the writes, whichever clients they came from. One read may bring several lines:"
        " the first of them was sent first, and what is kept for later comes before what the next read brings.",
        "man 7 pipe, 'I/O on pipes and FIFOs'",
    ),
    "busy-wait": Diagnosis(
        "Without a writer, read returns no bytes at once, again and again, and poll says POLLHUP: at the end"
        " of file a reader can't sleep. A server that keeps a write end open itself never meets it.",
        "man 7 fifo; man 2 poll, 'POLLHUP'",
    ),
    "partial-read": Diagnosis(
        "A FIFO carries bytes and knows no lines. A read ends where the bytes end that are there: in the"
        " middle of a line, or after several. Keep what follows the last newline for the next read.",
        "man 2 read, 'RETURN VALUE'; man 7 pipe",
    ),
    "fifo-left": Diagnosis(
        "The name stays until it is unlinked, also when nobody has it open any more, and also when handle"
        " has raised. The next client opens it and waits for a server that is gone.",
        "man 7 fifo; man 2 unlink",
    ),
    "too-open-mode": Diagnosis(
        "Whoever may write into the FIFO can send lines to your server, and whoever may read from it takes"
        " them away. The umask only takes bits off the mode: under umask 0 the mode is what you asked for. And"
        " a chmod afterwards takes nothing from those who have opened it already.",
        "man 3 mkfifo; man 2 umask",
    ),
    "fd-leak": Diagnosis(
        "A descriptor of the FIFO stays open. As long as it can read, clients that write get no error, and"
        " wait for ever once the pipe is full; as long as it can write, no reader sees an end of file.",
        "man 2 close; man 7 fifo",
    ),
    "interleaved-records": Diagnosis(
        "A write of at most PIPE_BUF bytes is never split; two writes are two, and so may be a longer one."
        " In between another client may put its own. Send line and newline in one write, and refuse what is"
        " longer, or let all clients hold a lock (flock on the FIFO) while they write.",
        "man 7 pipe, 'PIPE_BUF'",
    ),
    "partial-write": Diagnosis(
        "A write that is longer than PIPE_BUF may be cut short, by a signal for example, and says how many"
        " bytes it took. Refuse such a line before the first byte, or go on with the rest under a lock.",
        "man 2 write, 'RETURN VALUE'; man 7 pipe, 'PIPE_BUF'",
    ),
    "write-end-left-open": Diagnosis(
        "It waits for an end of file, and holds a write end of the FIFO itself.",
        _EOF,
    ),
}

OF_REQUIREMENTS = {
    "serve_lines handles a line and returns": {
        "wrong-result": Diagnosis(
            "A client can open the FIFO for writing only while somebody has it open for reading. What"
            " handle gets is the line as bytes, without its newline.",
            "man 7 fifo",
        ),
    },
    "what is no FIFO stays as it is": {
        "wrong-result": Diagnosis(
            "Something else has this name, and it is not yours: no open, no unlink, but FileExistsError."
            " os.mkfifo refuses an existing name (EEXIST); os.lstat tells what stands there.",
            "man 3 mkfifo, 'EEXIST'; man 7 inode, 'S_ISFIFO'",
        ),
    },
    "send_line waits for a reader and sends": {
        "exception": Diagnosis(
            "With O_NONBLOCK an open for writing fails with ENXIO as long as nobody reads. The server may"
            " have made the name and be about to open it: a plain open waits for it.",
            "man 7 fifo; man 2 open, 'ENXIO'",
        ),
        "lost-item": Diagnosis(
            "O_RDWR does not wait for a reader, because it is one. What is written then is gone with the"
            " last close, without any error.",
            "man 7 fifo",
        ),
        "busy-wait": Diagnosis(
            "To ask again and again whether a reader has come keeps a processor busy. A plain open for"
            " writing sleeps until there is one.",
            "man 7 fifo",
        ),
    },
    "send_line without a FIFO says so": {
        "wrong-result": Diagnosis(
            'An open that may create (O_CREAT, or Python\'s mode "w") makes a regular file where there is no'
            " FIFO. The line lies in it, and the server finds its name taken.",
            "man 2 open, 'O_CREAT'; man 7 fifo",
        ),
    },
}
