"""What workers announce, and what Redis holds of a catalog, as they are written and read."""

import pytest

from projections.cached import Announcement, State
from tests.given import DESK, LAMP


@pytest.mark.parametrize(
    ("message", "changed"),
    [
        ("main 7 *", None),
        ("main 7 ", []),
        (f"main 7 {LAMP.hex}", [LAMP]),
        (f"main 7 {LAMP.hex},{DESK.hex}", [LAMP, DESK]),
    ],
)
def test_it_tells_what_has_changed(message: str, changed: object) -> None:
    assert Announcement.parse(message) == Announcement("main", 7, changed)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "message", ["", "main", "main 7", "main soon *", "main 7 lamp", "main 7 * 8", "main  *"]
)
def test_what_is_none_is_refused(message: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Announcement.parse(message)


def test_a_state_tells_how_far_its_documents_are_right() -> None:
    assert State.parse(b"3.abcd 41") == State(b"3.abcd", 41)


@pytest.mark.parametrize(
    ("entry", "document"),
    [
        (b'3.abcd 2\n{"name":"Lamp"}', (2, b'{"name":"Lamp"}')),
        (b"3.abcd 12\n", (12, b"")),
        (b"3.abcd 2\none\ntwo", (2, b"one\ntwo")),
        (b"3.ab 2\n{}", None),
        (b"3.abcde 2\n{}", None),
        (b"2.abcd 2\n{}", None),
        (b"", None),
        (None, None),
    ],
)
def test_a_document_is_believed_that_carries_the_token(
    entry: bytes | None, document: tuple[int, bytes] | None
) -> None:
    assert State(b"3.abcd", 41).document(entry) == document
