# right: multiprocessing's connections, which frame what they send, until EOFError
import multiprocessing


def send(reader, writer, message):
    reader.close()
    for at in range(0, len(message), 50_000):
        writer.send_bytes(message[at:at + 50_000])
    writer.close()


def opposite_ends(message):
    context = multiprocessing.get_context("fork")
    reader, writer = context.Pipe(duplex=False)
    child = context.Process(target=send, args=(reader, writer, message))
    child.start()
    writer.close()
    data = b""
    try:
        while True:
            data += reader.recv_bytes()
    except EOFError:
        pass
    reader.close()
    child.join()
    child.close()
    return data
