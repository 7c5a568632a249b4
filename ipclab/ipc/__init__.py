"""How do processes talk to each other on Linux?

The primitives of the course, one question a module, each short enough to read from top to bottom:

    processes  How does a child start, and how must it leave?
    pipes      How do bytes get from one process to another, and how does the reader know the end?
    opposite_ends  How do two processes come to hold opposite ends of one pipe?
    capture    How does a parent collect all that another program prints, and its exit status?

    names      What may an object be called, so that two processes find the same one?
    owners     Who created this object, and does that process still run?
    stale_names    The name is taken: by whom, and may I have it?
    layouts    Which byte of shared memory means what?
    shared_memory  How do two processes get the same bytes without sending them?
    mapping    What if a file were an array of bytes?
    semaphores How does a process wait for another one, and how do two of them take turns?

Each module uses only those above it, and nothing here knows of sandboxes, exercises or notebooks.
"""
