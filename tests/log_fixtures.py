"""For tests that set up the logs of a process in their own."""

import logging
from collections.abc import Iterator

import pytest


@pytest.fixture
def logs_as_before_afterwards() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
