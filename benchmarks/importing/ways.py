"""How a feed comes to the catalog."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path

from benchmarks.harness.installation import Installation

type Import = Callable[[Path, datetime], Awaitable[None]]
"""Of a feed, as a sync of what was known at the moment; until it has ended.

Raises `RuntimeError` when a row was refused, or all.
"""
type Way = Callable[[Installation], AbstractAsyncContextManager[Import]]
