"""Canonical JSON (RFC 8785): one way to write a value, so that its digest is always the same."""

from typing import Any

import msgspec
import rfc8785

from events.money import LARGEST_AMOUNT

_FRACTIONS_FROM, _FRACTIONS_BELOW = 1e-5, 1e15
"""Between these everybody writes a fraction without an exponent."""
_encoder = msgspec.json.Encoder(order="sorted")


def canonical(value: Any) -> bytes:  # noqa: ANN401 -- what JSON can hold
    """Raises `ValueError` for what JSON can't hold exactly, such as 2**53 or not-a-number."""
    return _encoder.encode(value) if _is_simple(value) else rfc8785.dumps(value)


def _is_simple(value: Any) -> bool:  # noqa: ANN401 -- what JSON can hold
    """Whether msgspec, which is far faster, writes the value as RFC 8785 wants it.

    They part in how some numbers look, and in the order of names beyond the BMP.
    """
    kind = type(value)  # exactly: a `match` takes twice as long, and each write waits for this
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(abs(value) <= LARGEST_AMOUNT)
    if kind is float:
        return _FRACTIONS_FROM <= abs(value) < _FRACTIONS_BELOW and not float.is_integer(value)
    if kind is dict:
        return all(map(str.isascii, value)) and all(map(_is_simple, value.values()))
    if kind is list or kind is tuple:
        return all(map(_is_simple, value))
    return False
