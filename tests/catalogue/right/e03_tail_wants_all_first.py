# right: tail sends the message back, once it has been given all of it
import subprocess


def opposite_ends(message):
    tail = ["/usr/bin/tail", "-c", "1048576"]
    with subprocess.Popen(tail, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        child.stdin.write(message)
        child.stdin.close()
        return child.stdout.read()
