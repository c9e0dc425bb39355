"""Where things are in a drawing: two logarithmic axes, and room for labels beside them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from benchmarks.growing.curves import Chart
from benchmarks.growing.scale import Scale, labelled, ticks

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 540, 72, 360
"""Of the plot, in pixels; what lies beyond is for titles and labels."""
INSET = 24
"""From the sides of the plot to the first and to the last log."""
THOUSAND, MILLION = 1_000, 1_000_000


@dataclass(frozen=True, slots=True)
class Plot:
    events: Sequence[int]
    ticks: Sequence[float]
    across: Scale
    up: Scale

    @classmethod
    def of(cls, chart: Chart) -> Self:
        """With room for all rounds of each curve."""
        events = sorted({events for curve in chart.curves for events in curve.points})
        figures = [each for curve in chart.curves for each in curve.points.values()]
        enclosing = ticks([value for each in figures for value in (each.least, each.most)])
        return cls(
            events,
            enclosing,
            Scale(events[0], events[-1], LEFT + INSET, RIGHT - INSET),
            Scale(enclosing[0], enclosing[-1], BOTTOM, TOP),
        )

    def grid(self) -> Iterator[str]:
        """And what is written at it."""
        for tick in self.ticks:
            y = self.up.at(tick)
            yield f'<line class="grid" x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}"/>'
        for tick in labelled(self.ticks):
            yield _text(LEFT - 8, self.up.at(tick) + 4, f"{tick:,g}", "end")
        for events in self.events:
            x = self.across.at(events)
            yield f'<line class="grid" x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{BOTTOM}"/>'
            yield _text(x, BOTTOM + 20, _short(events), "middle")
        yield _text((LEFT + RIGHT) / 2, BOTTOM + 42, "events in the log", "middle")


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text class="faint" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{text}</text>'


def _short(events: int) -> str:
    if events >= MILLION:
        return f"{events / MILLION:g} M"
    return f"{events / THOUSAND:g} k"
