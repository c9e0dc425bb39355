from uuid import uuid4

import pytest

from api.auth.entering.refresh import RefreshToken


def test_a_token_reads_back() -> None:
    token = RefreshToken.of(uuid4())

    assert RefreshToken.parse(str(token)) == token


def test_the_next_one_is_of_the_same_family() -> None:
    first = RefreshToken.of(uuid4())

    second = first.following()

    assert (second.session_id, second.family_digest) == (first.session_id, first.family_digest)
    assert second.digest != first.digest


def test_no_two_sessions_are_of_a_family() -> None:
    session_id = uuid4()

    assert RefreshToken.of(session_id).family_digest != RefreshToken.of(session_id).family_digest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "..",
        "0" * 32 + "." + "a" * 43,
        "x" * 32 + f".{'a' * 43}" * 2,
        "0" * 32 + f".{'a' * 42}" * 2,
        "0" * 32 + f".{'é' * 43}" * 2,
        "0" * 32 + f".{'a' * 43}" * 3,
    ],
)
def test_what_is_no_token_is_none(text: str) -> None:
    assert RefreshToken.parse(text) is None


def test_nothing_may_follow_a_token() -> None:
    assert RefreshToken.parse(f"{RefreshToken.of(uuid4())}\n") is None
