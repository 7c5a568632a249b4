# diagnosis: exception, pipe-full-deadlock, wrong-result
# Opens the read ends in text mode.
import os
import threading


def capture(argv):
    out_read, out_write = os.pipe()
    err_read, err_write = os.pipe()
    exec_read, exec_write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(out_write, 1)
            os.dup2(err_write, 2)
            os.execvp(argv[0], argv)
        except OSError as error:
            os.write(exec_write, error.errno.to_bytes(4, "little"))
        finally:
            os._exit(1)
    os.close(out_write)
    os.close(err_write)
    os.close(exec_write)
    texts = {}

    def read(fd):
        with open(fd, encoding="utf-8", closefd=False) as stream:
            texts[fd] = stream.read()

    threads = [threading.Thread(target=read, args=(fd,)) for fd in (out_read, err_read)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    out, err = texts[out_read].encode(), texts[err_read].encode()
    problem = os.read(exec_read, 4)
    for fd in (out_read, err_read, exec_read):
        os.close(fd)
    _, status = os.waitpid(pid, 0)
    if problem:
        number = int.from_bytes(problem, "little")
        raise OSError(number, os.strerror(number))
    return out, err, os.waitstatus_to_exitcode(status)
