"""A tree that grows and is read by its kept hashes has the roots that all of its leaves have."""

from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.frontier import PAGE, Frontier, Run, root_over, runs
from events.merkle import Span, consistency, inclusion, root

LEAVES = [sha256(number.to_bytes(4)).digest() for number in range(PAGE**2 + 2 * PAGE + 3)]
EDGES = [0, 1, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, PAGE**2 - 1, PAGE**2, PAGE**2 + 1, len(LEAVES)]

whole = Frontier()
kept = {(0, index): leaf for index, leaf in enumerate(LEAVES)}
kept |= {(node.level, node.index): node.hash for node in whole.extend(LEAVES)}

sizes = st.one_of(st.sampled_from(EDGES[1:]), st.integers(1, len(LEAVES)))


def held(run: Run) -> list[bytes]:
    return [kept[run.level, index] for index in range(run.start, run.stop)]


def read(span: Span) -> bytes:
    return root_over(held(run) for run in runs(span))


@pytest.mark.parametrize("size", EDGES)
def test_a_root_is_read_from_what_is_kept(size: int) -> None:
    assert read(Span(0, size)) == root(LEAVES[:size])


@pytest.mark.parametrize("size", EDGES)
def test_a_tree_goes_on_from_its_frontier(size: int) -> None:
    frontier = Frontier(size, [held(run) for run in runs(Span(0, size))])
    assert frontier.root == root(LEAVES[:size])

    completed = frontier.extend(LEAVES[size:])

    assert (frontier.root, frontier.size) == (whole.root, len(LEAVES))
    assert all(kept[node.level, node.index] == node.hash for node in completed)
    assert frontier.levels == whole.levels


def test_one_row_is_kept_for_255_leaves() -> None:
    nodes = len(kept) - len(LEAVES)
    assert nodes == len(LEAVES) // PAGE + len(LEAVES) // PAGE**2


@settings(max_examples=25)
@given(sizes, st.data())
def test_every_span_of_a_proof_is_read_from_what_is_kept(size: int, drawn: st.DataObject) -> None:
    index, old = drawn.draw(st.integers(0, size - 1)), drawn.draw(st.integers(1, size))
    for span in [*inclusion(index, size), *consistency(old, size)]:
        assert read(span) == root(LEAVES[span.start : span.stop])


@given(st.integers(1, 2**40), st.data())
def test_a_proof_reads_few_rows_of_a_tree_of_any_size(size: int, drawn: st.DataObject) -> None:
    index, old = drawn.draw(st.integers(0, size - 1)), drawn.draw(st.integers(1, size))
    levels = len(runs(Span(0, size)))
    for proof in (inclusion(index, size), consistency(old, size), [Span(0, size)]):
        rows = sum(run.stop - run.start for span in proof for run in runs(span))
        assert rows <= 2 * (PAGE - 1) * levels
