"""The words of a text, for rows and for what is asked alike.

Case and accents don't count, and whatever is neither letter nor digit parts words: `G.Skill` is
`g skill`. They are lexemes as they are; a language adds its stems (migration 0003).
"""

from collections.abc import Sequence
from functools import lru_cache
from unicodedata import category, combining, normalize

LONGEST = 20_000
"""Characters of one part of a product that are searched; a tsvector can't hold more than 1 MB."""
LONGEST_WORD = 500
"""Characters of a word that are searched; a lexeme can't have more than 2,046 bytes."""
MOST_PLACES = 16_383
"""Words further behind have the last place: a tsvector has no more (`MAXENTRYPOS`)."""
_HIGHEST_KEPT = 9
"""Combining classes up to this one (viramas, nuktas, voicing) make other letters; beyond are
accents (Unicode Character Database, Canonical_Combining_Class)."""


class _Folded(dict[int, str]):
    """By code point what stands for a character, found out when it first comes up."""

    def __missing__(self, point: int) -> str:
        decomposed = normalize("NFKD", normalize("NFKD", chr(point)).casefold())
        kept = (char for char in decomposed if combining(char) <= _HIGHEST_KEPT)
        self[point] = "".join(char if _is_of_a_word(char) else " " for char in kept)
        return self[point]


def _is_of_a_word(char: str) -> bool:
    return char.isalnum() or category(char).startswith("M")


_folded = _Folded()


def words(text: str) -> str:
    """Its words with a space between them."""
    return " ".join(text.translate(_folded).split())


def searched(*texts: str) -> list[str]:
    """The words of some texts, as far as they are searched."""
    folded = " ".join(texts).translate(_folded)[:LONGEST]
    found = folded.split()
    return found if len(folded) <= LONGEST_WORD else [each[:LONGEST_WORD] for each in found]


def weighed(catalog: str, *parts: Sequence[str]) -> str:
    """A tsvector as PostgreSQL reads it: a line a part, of words with their places and weights.

    The parts weigh A, B, C and D. The last line has a lexeme that no text has: by it a search
    keeps to the catalog.
    """
    lines = []
    before = 0
    for weight, part in zip("ABCD", parts, strict=True):
        lines.append(_form(weight, before, len(part)) % tuple(part))
        before += len(part)
    return "\n".join([*lines, f"'@{catalog}'"])


@lru_cache(maxsize=1_000)
def _form(weight: str, before: int, count: int) -> str:
    """To be filled with so many words: that is quicker than to put each beside its place."""
    places = range(before + 1, before + count + 1)
    return " ".join(f"%s:{min(place, MOST_PLACES)}{weight}" for place in places)
