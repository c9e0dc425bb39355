from uuid import uuid4

import pytest

from api.auth.refresh import RefreshToken


def test_a_token_reads_back() -> None:
    token = RefreshToken.of(uuid4())

    assert RefreshToken.parse(str(token)) == token


def test_two_tokens_of_a_session_differ() -> None:
    session_id = uuid4()

    assert RefreshToken.of(session_id).digest != RefreshToken.of(session_id).digest


@pytest.mark.parametrize(
    "text",
    ["", ".", "x" * 32 + "." + "a" * 43, "0" * 32 + "." + "a" * 42, "0" * 32 + "." + "é" * 43],
)
def test_what_is_no_token_is_none(text: str) -> None:
    assert RefreshToken.parse(text) is None


def test_nothing_may_follow_a_token() -> None:
    assert RefreshToken.parse(f"{RefreshToken.of(uuid4())}\n") is None
