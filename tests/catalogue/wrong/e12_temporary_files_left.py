# diagnosis: name-leak, fd-leak
# Named files in /tmp that nobody removes.
import os
import tempfile


def capture(argv):
    names = [tempfile.mkstemp(prefix="capture-") for _ in range(3)]
    (out, out_name), (err, err_name), (bad, bad_name) = names
    pid = os.fork()
    if pid == 0:
        try:
            os.dup2(out, 1)
            os.dup2(err, 2)
            os.execv(argv[0], argv)
        except OSError as error:
            os.write(bad, b"%d" % error.errno)
        finally:
            os._exit(127)
    status = os.waitpid(pid, 0)[1]
    results = []
    for fd, name in names:
        os.close(fd)
        with open(name, "rb") as file:
            results.append(file.read())
    if results[2]:
        raise OSError(int(results[2]), os.strerror(int(results[2])), argv[0])
    return results[0], results[1], os.waitstatus_to_exitcode(status)
