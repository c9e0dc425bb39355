"""Texts that are nearly another one: bits turned over, parts swapped, cut, doubled and grown."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from random import Random

from hypothesis import strategies as st

LONGEST = 20_000

type Mutation = Callable[[str, str], str]
"""Of a text, with the help of another one of its kind."""


def flip(chance: Random, text: str, _: str) -> str:
    place = chance.randrange(len(text))
    turned = ord(text[place]) ^ (1 << chance.randrange(7))
    return text[:place] + chr(turned) + text[place + 1 :]


def swap_parts(chance: Random, text: str, other: str) -> str:
    """Of those that dots are between."""
    parts, others = text.split("."), other.split(".")
    place = chance.randrange(len(parts))
    parts[place] = others[chance.randrange(len(others))]
    return ".".join(parts)


def shuffle(chance: Random, text: str, _: str) -> str:
    parts = text.split(".")
    chance.shuffle(parts)
    return ".".join(parts)


def cut(chance: Random, text: str, _: str) -> str:
    return text[: chance.randrange(len(text))]


def grow(chance: Random, text: str, other: str) -> str:
    more = chance.choice([other, text, ".", "=", "==", "A" * LONGEST, "%00", "\u00e9", " "])
    place = chance.randrange(len(text) + 1)
    return text[:place] + more + text[place:]


def last_character(chance: Random, text: str, _: str) -> str:
    """Which may decode to the same bytes."""
    return text[:-1] + chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_")


def noise(chance: Random, text: str, _: str) -> str:
    return urlsafe_b64encode(chance.randbytes(len(text))).decode()


KINDS: Sequence[Callable[[Random, str, str], str]] = (
    flip,
    swap_parts,
    shuffle,
    cut,
    grow,
    last_character,
    noise,
)


@st.composite
def mutations(draw: st.DrawFn) -> Mutation:
    """One to three of them, one after the other."""
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=3))
    chance = Random(draw(st.integers(0, 2**32)))

    def mutate(text: str, other: str) -> str:
        for kind in kinds:
            text = kind(chance, text, other) or other[:1]
        return text

    return mutate
