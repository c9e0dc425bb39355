"""The category tree, held against counting every product under every category."""

from collections import Counter
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from queries.category_tree import Category, tree

slugs = st.sampled_from(["a", "b", "a-b", "ab", "a0", "0"])
paths = st.lists(slugs, min_size=1, max_size=5).map("/".join)


def walk(nodes: list[Category]) -> Iterator[Category]:
    for node in nodes:
        yield node
        yield from walk(node.children)


@given(st.lists(paths))
def test_every_category_counts_what_is_in_it_or_below(products: list[str]) -> None:
    found = {node.category: node.count for node in walk(tree(Counter(products).items()))}

    ancestors = {"/".join(path.split("/")[:depth]) for path in products for depth in range(1, 6)}
    assert found == {
        category: sum(f"{path}/".startswith(f"{category}/") for path in products)
        for category in ancestors
    }


@given(st.lists(paths))
def test_siblings_are_in_the_order_of_their_slugs(products: list[str]) -> None:
    whole = tree(Counter(products).items())
    for siblings in (whole, *(node.children for node in walk(whole))):
        assert [node.slug for node in siblings] == sorted({node.slug for node in siblings})
        assert all(node.slug == node.category.split("/")[-1] for node in siblings)


@given(st.lists(paths))
def test_a_child_is_one_step_below_its_parent(products: list[str]) -> None:
    for node in walk(tree(Counter(products).items())):
        assert [child.category for child in node.children] == [
            f"{node.category}/{child.slug}" for child in node.children
        ]


def test_no_products_make_no_tree() -> None:
    assert tree([]) == []
