"""Curves over the length of the log, as SVG."""

from collections.abc import Iterator, Sequence
from html import escape

from benchmarks.growing.curves import Chart, Curve
from benchmarks.growing.labels import apart
from benchmarks.growing.plot import BOTTOM, HEIGHT, RIGHT, TOP, WIDTH, Plot
from benchmarks.growing.scale import Scale
from benchmarks.growing.style import STROKES, sheet
from benchmarks.harness.figures import Figure

OPENING = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
    f' viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-labelledby="title desc">'
)
ASIDE = 5
"""From one curve's whisker to the next one's, in pixels, so that none hides another."""
CAP = 3
LABELS = RIGHT + 20


def drawn(chart: Chart) -> str:
    """Raises `ValueError` where there are more curves than strokes."""
    plot = Plot.of(chart)
    lines = [
        OPENING,
        f'<title id="title">{escape(chart.title)}</title>',
        f'<desc id="desc">{escape(_described(chart))}</desc>',
        f"<style>{sheet()}</style>",
        f'<rect class="paper" width="{WIDTH}" height="{HEIGHT}" rx="8"/>',
        f'<text class="ink title" x="20" y="30">{escape(chart.title)}</text>',
        f'<text class="faint" x="20" y="52">{escape(chart.unit)}</text>',
        *plot.grid(),
        *_curves(chart.curves, plot),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _curves(curves: Sequence[Curve], plot: Plot) -> Iterator[str]:
    ends = [plot.up.at([*curve.points.values()][-1].median) for curve in curves]
    strokes = zip(STROKES[: len(curves)], curves, apart(ends, TOP, BOTTOM), strict=True)
    for n, (stroke, curve, label) in enumerate(strokes):
        aside = ASIDE * (n - (len(curves) - 1) / 2)
        places = [(plot.across.at(events) + aside, each) for events, each in curve.points.items()]
        yield f'<g class="c{n}">'
        yield from _line(places, plot.up, stroke.marker)
        yield _lead(places[-1][0], ends[n], label)
        yield f'<text x="{LABELS}" y="{label + 4:.1f}">{escape(curve.label)}</text></g>'


def _line(places: Sequence[tuple[float, Figure]], up: Scale, marker: str) -> Iterator[str]:
    points = [(x, up.at(each.median)) for x, each in places]
    yield from (_whisker(x, each, up) for x, each in places)
    yield f'<path class="curve" d="M{" L".join(f"{x:.1f} {y:.1f}" for x, y in points)}"/>'
    for x, y in points:
        yield f'<path class="marker" transform="translate({x:.1f} {y:.1f})" d="{marker}"/>'


def _whisker(x: float, of: Figure, up: Scale) -> str:
    """From the least of the rounds to the most."""
    low, high = up.at(of.least), up.at(of.most)
    caps = "".join(f"M{x - CAP:.1f} {y:.1f}h{2 * CAP}" for y in (low, high))
    return f'<path class="whisker" d="M{x:.1f} {low:.1f}V{high:.1f}{caps}"/>'


def _lead(x: float, end: float, label: float) -> str:
    """From the end of a curve to its label."""
    way = f"M{x + 7:.1f} {end:.1f} L{RIGHT} {end:.1f} L{LABELS - 4} {label:.1f}"
    return f'<path class="lead" d="{way}"/>'


def _described(chart: Chart) -> str:
    """All medians, for who can't see them."""
    return f"{chart.unit}, by events in the log. " + "; ".join(
        f"{curve.label}: "
        + ", ".join(f"{each.median:.3g} at {events:,}" for events, each in curve.points.items())
        for curve in chart.curves
    )
