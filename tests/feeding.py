"""Feeds as files, and what is read of them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypedDict, Unpack

from commands.errors import UnreadableFeed
from commands.faults import Fault
from commands.feeds.feed_product import FeedProduct
from commands.feeds.formats.opening import Reading, open_feed
from commands.feeds.rows import Feed, Form, Row, Unfit


class How(TypedDict, total=False):
    form: Form
    mapping: dict[str, str]
    currency: str
    row_bytes: int


@contextmanager
def opened(content: bytes, **how: Unpack[How]) -> Iterator[Feed]:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        with open_feed(Path(file.name), Reading(**how)) as feed:
            yield feed


def rows(content: bytes, **how: Unpack[How]) -> list[Row]:
    with opened(content, **how) as feed:
        return list(feed)


def products(content: bytes, **how: Unpack[How]) -> list[FeedProduct]:
    """Raises `Unfit`."""
    with opened(content, **how) as feed:
        return [feed.product(row) for row in feed]


def told(product: FeedProduct) -> dict[str, Any]:
    """What a row says, without what it leaves out; what it takes away, where there is any."""
    said = product.model_dump(mode="json", exclude_unset=True)
    return {name: value for name, value in said.items() if value or "emptied" not in name}


def unfit(content: bytes, **how: Unpack[How]) -> list[list[Fault]]:
    """What is wrong with each row; nothing of those that are products."""
    found = []
    with opened(content, **how) as feed:
        for row in feed:
            try:
                feed.product(row)
            except Unfit as unfit:
                found.append(unfit.faults)
            else:
                found.append([])
    return found


def unreadable(content: bytes, **how: Unpack[How]) -> tuple[int, str]:
    """How many rows come before the feed can't be read any further, and why it can't."""
    before = 0
    try:
        with opened(content, **how) as feed:
            for _ in feed:
                before += 1
    except UnreadableFeed as refusal:
        return before, str(refusal.members["reason"])
    raise AssertionError(before)
