# diagnosis: forbidden-shortcut
# asyncio, which uses subprocess underneath.
import asyncio


async def run(argv):
    pipe = asyncio.subprocess.PIPE
    program = await asyncio.create_subprocess_exec(*argv, stdout=pipe, stderr=pipe)
    out, err = await program.communicate()
    return out, err, program.returncode


def capture(argv):
    return asyncio.run(run(argv))
