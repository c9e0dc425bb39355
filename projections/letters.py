"""Which letters are the same, and what is no letter.

By properties of the Unicode Character Database: decompositions, case folding, general categories
and combining classes.
"""

import re
from collections.abc import Callable
from unicodedata import category, combining, normalize

_HIGHEST_KEPT = 9
"""Combining classes up to this one (viramas, nuktas, voicing) make other letters; beyond are
accents."""
_UNDECOMPOSED = {
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ħ": "h",
    "ŧ": "t",
    "ð": "d",
    "\N{LATIN SMALL LETTER DOTLESS I}": "i",
    "æ": "ae",
    "œ": "oe",
    "þ": "th",
}
"""Letters that are accented ones to whoever types them, and have no decomposition."""
_INVISIBLE = {*range(0xFE00, 0xFE10), *range(0x20E0, 0x20E4), *range(0xE0100, 0xE01F0)}
"""Variation selectors, and frames around signs such as keycaps."""
_ALONE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0003ffff][\u3099\u309a]*"
)
"""What is written without spaces: Thai, Lao, Burmese, Khmer, kana and Han characters."""


class _Table(dict[int, str]):
    """By code point what stands for a character, found out when it first comes up."""

    def __init__(self, of: Callable[[str], str]) -> None:
        super().__init__()
        self._of = of

    def __missing__(self, point: int) -> str:
        self[point] = self._of(chr(point))
        return self[point]


def _is_invisible(char: str) -> bool:
    return category(char) == "Cf" or ord(char) in _INVISIBLE


def _is_of_a_word(char: str) -> bool:
    return char.isalnum() or category(char).startswith("M")


def _plain(char: str) -> str:
    decomposed = normalize("NFKD", normalize("NFKD", char).casefold())
    kept = (each for each in decomposed if combining(each) <= _HIGHEST_KEPT)
    return "".join(_UNDECOMPOSED.get(each, each) for each in kept if not _is_invisible(each))


def _folded(char: str) -> str:
    parted = "".join(each if _is_of_a_word(each) else " " for each in _plain(char))
    return f" {parted} " if category(char).startswith("S") and parted.strip() else parted


def _accented(char: str) -> str:
    if _is_invisible(char):
        return ""
    return char if _is_of_a_word(char) else " "


_PLAIN, _FOLDED, _ACCENTED = _Table(_plain), _Table(_folded), _Table(_accented)
_FOLDED_ASCII = "".join(_FOLDED[point] for point in range(128)).encode().ljust(256)


def plain(text: str) -> str:
    """Without case and accents."""
    return text.lower() if text.isascii() else text.translate(_PLAIN)


def folded(text: str) -> str:
    """The same, with spaces for whatever parts words."""
    if text.isascii():
        return text.encode().translate(_FOLDED_ASCII).decode()
    return _ALONE.sub(r" \g<0> ", text.translate(_FOLDED))


def accented(text: str) -> str:
    """Without case, but with accents (normalisation form C); spaces for whatever parts words."""
    return normalize("NFC", text.casefold()).translate(_ACCENTED)
