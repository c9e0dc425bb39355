"""py-spy beside a process: what it does, so many times a second."""

import asyncio
import sys
from pathlib import Path

PER_SECOND = 250
_SPY = Path(sys.executable).with_name("py-spy")


class NotAllowedError(RuntimeError):
    def __init__(self) -> None:
        super().__init__(
            "py-spy may not look into other processes here: a container needs the capability"
            " SYS_PTRACE for it, and macOS root"
        )


async def recorded(pid: int, seconds: float, path: Path) -> str:
    """Its stacks in that time, in the form that `stacks` reads and `path` keeps.

    For each look the process is stopped: otherwise one stack in six can't be read, and which ones
    is no accident. Raises NotAllowedError.
    """
    spy = await asyncio.create_subprocess_exec(
        _SPY,
        "record",
        *("--pid", str(pid), "--rate", str(PER_SECOND), "--duration", f"{seconds:g}"),
        *("--format", "raw", "--output", path),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await spy.communicate()
    if b"Permission Denied" in said:
        raise NotAllowedError
    if spy.returncode:
        raise RuntimeError(said.decode())
    return await asyncio.to_thread(path.read_text)
