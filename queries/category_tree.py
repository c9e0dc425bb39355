"""Categories as a tree, with how many products are below each."""

from collections.abc import Iterable, Iterator
from operator import attrgetter

import msgspec


class Category(msgspec.Struct):
    category: str
    """The whole path."""
    slug: str
    count: int = 0
    children: list["Category"] = []


def tree(counted: Iterable[tuple[str, int]]) -> list[Category]:
    """Of each category and how many products are in it itself; ancestors are added.

    Siblings are in the order of their slugs.
    """
    root = Category("", "")
    known = {"": root}
    for path, count in counted:
        for ancestor, category in _lineage(path):
            if category not in known:
                known[category] = Category(category, category.rpartition("/")[2])
                known[ancestor].children.append(known[category])
            known[category].count += count
    for each in known.values():
        each.children.sort(key=attrgetter("slug"))
    return root.children


def _lineage(path: str) -> Iterator[tuple[str, str]]:
    """Of `a/b`: `a` below nothing, `a/b` below `a`."""
    above = ""
    for slug in path.split("/"):
        here = f"{above}/{slug}" if above else slug
        yield above, here
        above = here
