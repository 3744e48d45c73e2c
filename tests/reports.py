"""A report to draw in tests: 나비야 as a model plays it that sees four notes."""

from melodyrnn.music.notation.text import parse
from melodyrnn.music.note_tokens import from_tokens, to_tokens
from melodyrnn.render.pages.comparison_data import (
    ONE_STEP,
    WHOLE_SONG,
    Ambiguity,
    Ceiling,
    HeldOut,
    HeldOutRow,
    MemoryRow,
    Pair,
    Report,
    Spread,
    TrainingCurve,
    Version,
    WindowLine,
    WindowPlace,
    WindowsChart,
)

WRONG = {7: "d8", 40: "g4"}
"""Notes that the played version has wrong -> what the song has there."""


def version(song, model, test, wrong):
    predicted = to_tokens(song)
    for index in wrong:
        predicted[index] = "e8"
    played = from_tokens(predicted, song)
    return Version(model, test, played, wrong, 50 - len(wrong), 50, 4, 0)


def report_of(text, **changes):
    song = parse(text)
    spread = Spread.of([44, 46])
    places = [
        WindowPlace(7, "d8", {"mlp": {"e8": 0.7, "d8": 0.3}, "lstm": {"d8": 0.99, "e8": 0.01}}),
        WindowPlace(21, "e8", {"mlp": {"e8": 0.7, "d8": 0.3}, "lstm": {"e8": 0.99, "d8": 0.01}}),
    ]
    parts = {
        "song": song,
        "ceiling": Ceiling(4, 46, 50),
        "rows": [
            MemoryRow(
                "lstm", 68366, spread, spread, Spread.of([50]), Spread.of([50]), 50, None, None
            ),
            MemoryRow("mlp", 18958, spread, spread, spread, spread, 50, Spread.of([0.25]), 8),
        ],
        "versions": [
            version(song, model, test, wrong)
            for model, wrong in (("lstm", {}), ("mlp", WRONG))
            for test in (ONE_STEP, WHOLE_SONG)
        ],
        "sentence": "The LSTM passes the ceiling & the MLP stops at it.",
        "seeds": [0, 1],
        "curves": [
            TrainingCurve("mlp", seed, [1, 2, 3], [2, 1, 0.5], [0, 0.5, 0.9]) for seed in (0, 1)
        ],
        "ambiguities": [Ambiguity(["f8", "d8", "d4", "c8"], places)],
        "windows": WindowsChart(
            [Ceiling(3, 44, 51), Ceiling(4, 46, 50)], [WindowLine("mlp", [spread, spread])]
        ),
        "held_out": HeldOut(
            5,
            200,
            [HeldOutRow("lstm", 2.5, 2.3, 2.7), HeldOutRow("mlp", 3, 2.8, 3.2)],
            [Pair("lstm", "mlp", -0.5, -0.8, -0.2, True)],
        ),
    }
    return Report(**parts | changes)
