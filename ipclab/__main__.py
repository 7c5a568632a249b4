"""`python -m ipclab` is the command `ipclab`."""

import sys

from ipclab.cli import main

if __name__ == "__main__":
    sys.exit(main())
