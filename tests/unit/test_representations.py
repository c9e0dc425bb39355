"""One answer in the form that its asker takes (RFC 9110, 8.8.3, 12.5.3 and 13.1.2)."""

import asyncio
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.reading import representations
from api.reading.codings import LARGE_BYTES, Coding, acceptable
from api.reading.representations import Preferences, Representation, digest, matches

LARGE = b'{"items":[' + b'{"name":"Lamp"},' * LARGE_BYTES + b"]}"
SMALL = b'{"name":"Lamp"}'


def represented(
    body: bytes, tag: str, asked: Preferences, forms: dict[str, bytes] | None = None
) -> Representation:
    return asyncio.run(representations.represented(body, tag, asked, forms))


tags = st.text(st.characters(codec="ascii", min_codepoint=33, exclude_characters='"'))


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip", "gzip"),
        ("GZip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "gzip"),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", "gzip"),
        ("gzip ; q=0.001", "gzip"),
        ("*", "gzip"),
        ("br, *;q=0.5", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.000, *", "identity"),
        ("*;q=0", "identity"),
        ("br", "identity"),
        ("identity", "identity"),
        ("gzip;q=0.5, identity", "identity"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("gzip;q=2", "identity"),
        ("gzip q=1", "identity"),
        ("gzipped", "identity"),
        ("identity;q=0, br", "identity"),
    ],
)
def test_a_large_answer_is_compressed_for_who_takes_it(
    accept_encoding: str | None, coding: Coding
) -> None:
    status, headers, body = represented(LARGE, "7", Preferences(accept_encoding=accept_encoding))

    assert status == 200
    assert headers.get(b"content-encoding", b"identity") == coding.encode()
    assert (gzip.decompress(body) if coding == "gzip" else body) == LARGE
    assert headers[b"etag"] == (b'"7-gzip"' if coding == "gzip" else b'"7"')


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("gzip", "identity"),
        ("*", "identity"),
        ("gzip, identity;q=0", "gzip"),
        ("gzip, *;q=0", "gzip"),
        ("*;q=0", "identity"),
    ],
)
def test_a_small_one_only_for_who_takes_nothing_else(accept_encoding: str, coding: Coding) -> None:
    headers = represented(SMALL, "7", Preferences(accept_encoding=accept_encoding)).headers

    assert headers.get(b"content-encoding", b"identity") == coding.encode()


@pytest.mark.parametrize("tag", ["7", "7-parked", digest(LARGE)])
def test_each_form_is_known_again_by_its_own_etag(tag: str) -> None:
    plain = represented(LARGE, tag, Preferences()).headers[b"etag"].decode()
    packed = represented(LARGE, tag, Preferences(accept_encoding="gzip")).headers[b"etag"].decode()
    assert plain != packed

    def told(known: str, accept_encoding: str | None) -> tuple[int, str]:
        status, headers, body = represented(LARGE, tag, Preferences(known, accept_encoding))
        assert bool(body) == (status == 200)
        return status, headers[b"etag"].decode()

    assert told(packed, "gzip") == (304, packed)
    assert told(plain, "gzip") == (304, plain)
    assert told(plain, None) == (304, plain)
    assert told(f"{plain}, {packed}", "gzip") == (304, packed)
    assert told(packed, None) == (200, plain)
    assert told(plain, "gzip, identity;q=0") == (200, packed)


def test_a_form_is_always_the_same_bytes() -> None:
    """Else its ETag would not be a strong one."""
    first, again = (represented(LARGE, "7", Preferences(accept_encoding="gzip")) for _ in range(2))
    assert first == again
    assert len(first.body) < len(LARGE) / 4


@pytest.mark.parametrize(
    ("if_none_match", "known"),
    [
        ('"7"', True),
        ('W/"7"', True),
        ('"1","7"', True),
        ('"1" , W/"7" ,', True),
        ("*", True),
        (" * ", True),
        ("7", False),
        ("'7'", False),
        ('"77"', False),
        ('"7', False),
        ('w/"7"', False),
        ('"*"', False),
        ('"1", *', False),
        ("", False),
    ],
)
def test_tags_are_compared_weakly(if_none_match: str, *, known: bool) -> None:
    assert matches(if_none_match, '"7"') is known


@given(st.lists(tags), tags)
def test_a_tag_matches_when_it_is_in_the_list(listed: list[str], tag: str) -> None:
    field = ", ".join(f'"{each}"' for each in listed)
    assert matches(field, f'"{digest(tag.encode())}"') is False
    assert matches(f'{field}, "{digest(tag.encode())}"', f'"{digest(tag.encode())}"')


@given(st.text())
def test_whatever_is_asked_something_is_sent(text: str) -> None:
    assert acceptable(text).of(LARGE_BYTES)
    assert represented(SMALL, "7", Preferences(text, text)).status in {200, 304}


@given(st.binary(), st.binary())
def test_other_bytes_have_another_digest(one: bytes, other: bytes) -> None:
    assert (digest(one) == digest(other)) is (one == other)


def test_what_was_compressed_for_one_is_sent_to_the_next() -> None:
    forms: dict[str, bytes] = {}
    first = represented(LARGE, "7", Preferences(accept_encoding="gzip"), forms)
    assert forms == {"gzip": first.body}
    assert represented(LARGE, "7", Preferences(accept_encoding="gzip"), forms).body is first.body
