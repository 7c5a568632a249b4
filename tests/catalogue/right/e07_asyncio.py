# right: coroutines, in an event loop of each call; the lock is awaited in a thread

import asyncio
import struct


async def bump(memory, pause):
    (n,) = struct.unpack_from("<Q", memory)
    if pause:
        await asyncio.sleep(0)
    struct.pack_into("<Q", memory, 0, n + 1)


async def without(memory, times):
    for _ in range(times):
        await bump(memory, True)


async def having(memory, semaphore, times):
    for _ in range(times):
        await asyncio.to_thread(semaphore.acquire)
        try:
            await bump(memory, False)
        finally:
            semaphore.release()


def increment_without_lock(memory, times):
    asyncio.run(without(memory, times))


def increment_with_lock(memory, semaphore, times):
    asyncio.run(having(memory, semaphore, times))
