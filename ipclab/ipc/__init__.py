"""How do processes talk to each other on Linux?

The primitives of the course, one question a module, each short enough to read from top to bottom:

    processes  How does a child start, and how must it leave?
    pipes      How do bytes get from one process to another, and how does the reader know the end?
    capture    How does a parent collect all that another program prints, and its exit status?

Each module uses only those above it, and nothing here knows of sandboxes, exercises or notebooks.
"""
