"""Who asks: wrk, where it is installed."""

import shutil

from benchmarks.asking import python_client, wrk
from benchmarks.asking.asking import Ask

WITHOUT_WRK = (
    "Python (wrk is not installed: to ask takes about as long as to answer, so that what is fast"
    " seems slower than it is)"
)


def chosen() -> tuple[Ask, str]:
    """And what a report says of it."""
    return (wrk.ask, "wrk") if shutil.which("wrk") else (python_client.ask, WITHOUT_WRK)
