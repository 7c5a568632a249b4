# right: the parent reads with asyncio's streams
import asyncio
import os


async def receive(fd):
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(fd, "rb", buffering=0)
    )
    data = await reader.read()
    transport.close()
    await asyncio.sleep(0)
    return data


def opposite_ends(message):
    r, w = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(r)
            with open(w, "wb") as out:
                out.write(message)
        finally:
            os._exit(0)
    os.close(w)
    try:
        return asyncio.run(receive(r))
    finally:
        os.waitpid(pid, 0)
