"""docs/history.md names the events that there are."""

import re
from pathlib import Path

from events.codec import EVENT_TYPES

PAGE = Path(__file__).parents[2] / "docs" / "history.md"


def test_every_type_of_event_is_on_the_page() -> None:
    (told,) = re.findall(
        r"\*\*A type of event\*\* is one of (.*?)\. ", PAGE.read_text("utf-8"), re.DOTALL
    )
    assert re.findall(r"`(\w+)`", told) == [*EVENT_TYPES]
