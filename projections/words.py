"""The words of a text, for rows and for what is asked alike.

Case and accents don't count, and whatever is neither letter nor digit parts words: `G.Skill` is
`g skill`. PostgreSQL makes lexemes of them, in the language of the catalog (migration 0003).
"""

from unicodedata import category, combining, normalize

LONGEST = 20_000
"""Characters of one part of a product that are searched; a tsvector can't hold more than 1 MB."""
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


def searched(*texts: str) -> str:
    """The words of some texts, as many as are searched."""
    return words(" ".join(texts))[:LONGEST]
