"""Curves of growth, drawn of made-up figures."""

from itertools import pairwise, product
from xml.etree import ElementTree as ET

import pytest

from benchmarks.growing.curves import Chart, Curve
from benchmarks.growing.drawing import drawn
from benchmarks.growing.labels import LINE, apart
from benchmarks.growing.plot import BOTTOM, HEIGHT, TOP, WIDTH
from benchmarks.growing.scale import Scale, labelled, ticks
from benchmarks.growing.style import STROKES
from benchmarks.harness.figures import Figure

SVG = "{http://www.w3.org/2000/svg}"
EVENTS = (10_000, 100_000, 1_000_000, 10_000_000)
LETTER = 7.0
"""Width of a letter of 12 px, generously."""
SIX = ("write", "read, hot", "read, from PostgreSQL", "list & filter", "search", "projection, lag")


def chart(*medians: float) -> Chart:
    """A curve for each, which doubles with each log, and whose rounds lie wide apart."""
    curves = [
        Curve(
            label,
            {
                events: Figure(median * 2**n, median * 2**n / 3, median * 2**n * 2)
                for n, events in enumerate(EVENTS)
            },
        )
        for label, median in zip(SIX, medians, strict=False)
    ]
    return Chart("Time, as the log grows <by events>", "milliseconds", curves)


def labels(svg: str) -> list[tuple[str, float, float]]:
    """The names of curves, and where they begin."""
    groups = ET.fromstring(svg).findall(f"{SVG}g")
    texts = [text for group in groups for text in group.findall(f"{SVG}text")]
    return [(str(each.text), float(each.attrib["x"]), float(each.attrib["y"])) for each in texts]


CROWDED = (1.0, 1.01, 1.02, 1.03, 1.04, 1.05)
SPREAD = (0.05, 0.4, 3, 20, 150, 1_000)


@pytest.mark.parametrize("medians", [CROWDED, SPREAD, (1.0,)])
def test_each_curve_has_its_name_in_the_picture_and_none_lies_on_another(
    medians: tuple[float, ...],
) -> None:
    named = labels(drawn(chart(*medians)))

    assert [name for name, _, _ in named] == [*SIX[: len(medians)]]
    assert all(x + len(name) * LETTER <= WIDTH and 12 <= y <= HEIGHT for name, x, y in named)
    heights = sorted(y for _, _, y in named)
    assert all(below - above >= LINE - 0.11 for above, below in pairwise(heights))


@pytest.mark.parametrize("medians", [CROWDED, SPREAD])
def test_all_rounds_of_all_curves_are_in_the_plot(medians: tuple[float, ...]) -> None:
    root = ET.fromstring(drawn(chart(*medians)))

    whiskers = [
        path.attrib["d"] for path in root.iter(f"{SVG}path") if path.attrib["class"] == "whisker"
    ]
    ends = [float(end) for way in whiskers for end in way.split(" ", 1)[1].split("M")[0].split("V")]
    assert len(whiskers) == len(medians) * len(EVENTS)
    assert all(TOP - 0.1 <= end <= BOTTOM + 0.1 for end in ends)


def test_who_cannot_see_it_is_told_title_and_medians() -> None:
    root = ET.fromstring(drawn(chart(1.0, 8.0)))

    assert root.attrib["role"] == "img"
    assert root.findtext(f"{SVG}title") == "Time, as the log grows <by events>"
    described = str(root.findtext(f"{SVG}desc"))
    assert "read, hot: 8 at 10,000, 16 at 100,000, 32 at 1,000,000, 64 at 10,000,000" in described


def test_curves_differ_without_colours() -> None:
    for one, other in product(STROKES, repeat=2):
        assert one is other or (one.dashes != other.dashes and one.marker != other.marker)


def test_more_curves_than_there_are_strokes_are_refused() -> None:
    seven = Chart("", "", [*chart(*SPREAD).curves, *chart(1.0).curves])

    with pytest.raises(ValueError, match="zip"):
        drawn(seven)


def test_names_at_the_bottom_are_pushed_up() -> None:
    assert apart([100, 99, 98], 0, 100) == [100, 100 - LINE, 100 - 2 * LINE]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.3, 4.1], [0.2, 0.5, 1, 2, 5]),
        ([1, 1], [1, 2]),
        ([90, 12_000], [50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000]),
    ],
)
def test_ticks_are_round_and_enclose_the_values(values: list[float], expected: list[float]) -> None:
    assert ticks(values) == expected


def test_over_many_decades_only_those_are_labelled() -> None:
    assert labelled(ticks([0.2, 1_500])) == [1, 10, 100, 1_000]
    assert labelled(ticks([0.2, 3])) == ticks([0.2, 3])


def test_a_scale_is_logarithmic() -> None:
    scale = Scale(10, 1_000, start=0, end=200)

    assert [scale.at(value) for value in (10, 100, 1_000)] == pytest.approx([0, 100, 200])
