"""wrk, which needs a fraction of the processor time that any client in Python would take."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from benchmarks.asking.asking import Asked, Asking, Target

SCRIPT = Path(__file__).with_name("wrk.lua")
ANSWER_SECONDS = 10


async def ask(asking: Asking, seconds: float) -> Asked:
    """For whole seconds. Raises `RuntimeError` with what wrk says where that is no answer."""
    with _listed(asking.targets) as file:
        wrk = await asyncio.create_subprocess_exec(
            "wrk",
            *("--threads=1", f"--connections={asking.connections}"),
            *(f"--duration={ceil(seconds)}s", f"--timeout={ANSWER_SECONDS}s"),
            f"--script={SCRIPT}",
            *(f"--header={name}: {value}" for name, value in asking.headers.items()),
            asking.address.url,
            *("--", file),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await wrk.communicate()
    return _asked(output)


@contextmanager
def _listed(targets: Sequence[Target]) -> Iterator[str]:
    with NamedTemporaryFile("w", prefix="catalog-bench-", suffix=".targets") as file:
        file.writelines(
            f"{each.method}\t{each.path}\t{each.etag or ''}\t{each.body}\n" for each in targets
        )
        file.flush()
        yield file.name


def _asked(output: bytes) -> Asked:
    """The last line is the script's."""
    try:
        return msgspec.json.decode(output.splitlines()[-1], type=Asked)
    except (IndexError, msgspec.DecodeError):
        raise RuntimeError(output.decode()) from None
