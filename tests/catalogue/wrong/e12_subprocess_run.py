# diagnosis: forbidden-shortcut
# subprocess.run.
import subprocess


def capture(argv):
    done = subprocess.run(argv, capture_output=True)
    return done.stdout, done.stderr, done.returncode
