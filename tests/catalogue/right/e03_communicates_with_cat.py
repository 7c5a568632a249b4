# right: the message goes to cat and comes back; communicate does both at once
import subprocess


def opposite_ends(message):
    return subprocess.run(["/bin/cat"], input=message, stdout=subprocess.PIPE, check=True).stdout
