"""The page of a comparison: one self-contained HTML file to look at and to listen to."""

from melodyrnn.render.report_data import (
    ONE_STEP,
    WHOLE_SONG,
    Ambiguity,
    Ceiling,
    Curve,
    HeldOut,
    HeldOutRow,
    Pair,
    Place,
    Report,
    Row,
    Spread,
    Version,
    WindowLine,
    WindowsChart,
)

__all__ = [
    "ONE_STEP",
    "WHOLE_SONG",
    "Ambiguity",
    "Ceiling",
    "Curve",
    "HeldOut",
    "HeldOutRow",
    "Pair",
    "Place",
    "Report",
    "Row",
    "Spread",
    "Version",
    "WindowLine",
    "WindowsChart",
]
