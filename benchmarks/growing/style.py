"""How curves differ, with colours and without, on light paper and on dark."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stroke:
    light: str
    dark: str
    dashes: str
    marker: str
    """A path around the origin."""


STROKES = (
    Stroke("#0b62c4", "#6cb2ff", "none", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z"),
    Stroke("#b35900", "#ffb15c", "7 3", "M-3.6-3.6h7.2v7.2h-7.2z"),
    Stroke("#0a7d4b", "#5fd39b", "2 3", "M0-4.8 4.6 3.4h-9.2z"),
    Stroke("#7a3fb8", "#c8a2ff", "9 3 2 3", "M0-5 5 0 0 5-5 0z"),
    Stroke("#c22f3d", "#ff8a8f", "13 4", "M0 4.8-4.6-3.4h9.2z"),
    Stroke("#51606f", "#b4c0cc", "5 2 2 2 2 2", "M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z"),
)
PAPER = """
text{font:12px system-ui,-apple-system,"Segoe UI",sans-serif}
.title{font-size:16px;font-weight:600}
.paper{fill:#fff}.ink{fill:#1f2933}.faint{fill:#51606f}
.grid{stroke:#dde2e7}.lead{stroke:#8a96a3}
path,line{fill:none}
.curve{stroke-width:2;stroke-linejoin:round}.whisker{stroke-width:1.2;stroke-opacity:.7}
.lead{stroke-width:1;stroke-dasharray:1 2}
"""
DARK_PAPER = (
    ".paper{fill:#0d1117}.ink{fill:#e6edf3}.faint{fill:#9aa7b4}"
    ".grid{stroke:#2a313a}.lead{stroke:#6b7785}"
)


def sheet() -> str:
    """CSS, in which the curve number `n` is `.cn`."""
    light = [_coloured(n, each.light) for n, each in enumerate(STROKES)]
    dark = [_coloured(n, each.dark) for n, each in enumerate(STROKES)]
    dashes = [f".c{n} .curve{{stroke-dasharray:{each.dashes}}}" for n, each in enumerate(STROKES)]
    return "\n".join(
        (
            PAPER.strip(),
            *light,
            *dashes,
            f"@media (prefers-color-scheme:dark){{{DARK_PAPER}{''.join(dark)}}}",
        )
    )


def _coloured(n: int, colour: str) -> str:
    lines = f".c{n} .curve,.c{n} .whisker{{stroke:{colour}}}"
    return f"{lines}.c{n} .marker,.c{n} text{{fill:{colour}}}"
