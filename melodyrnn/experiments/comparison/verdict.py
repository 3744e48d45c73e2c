"""What a comparison's table shows, in a sentence computed from it."""

from collections.abc import Sequence

from melodyrnn.models.registry import MODELS
from melodyrnn.render.pages.comparison_data import Ceiling, HeldOut, MemoryRow


def remembered(rows: Sequence[MemoryRow], ceiling: Ceiling) -> str:
    """Which models pass the memoryless ceiling, and how far each comes by its own predictions."""
    notes = "note" if ceiling.window == 1 else "notes"
    limit = f"the ceiling of any model that sees only {ceiling.window} {notes}"
    clauses: list[str] = []
    for row in sorted(rows, key=lambda row: -row.one_step.mean):
        clauses.append(_clause(row, ceiling, "it" if clauses else limit))
    sentence = "; ".join(clauses)
    return sentence[:1].upper() + sentence[1:] + "."


def _clause(row: MemoryRow, ceiling: Ceiling, limit: str) -> str:
    least, most = row.one_step.low, row.one_step.high
    if least > ceiling.right:
        said = f"passes {limit}"
    elif most > ceiling.right:
        said = f"passes {limit} with some seeds"
    elif least == ceiling.right:
        said = f"stops at {limit}"
    else:
        said = f"stays below {limit}" if most < ceiling.right else f"never passes {limit}"
    return f"{_title(row.model)} {said} and {_whole_song(row)}"


def _whole_song(row: MemoryRow) -> str:
    """How far a model comes by its own predictions."""
    if row.whole_song.low == row.all:
        return "plays the song whole"
    return f"makes its first error at note {row.first_wrong}"


def _title(model: str) -> str:
    """How a sentence calls a model or a baseline."""
    return MODELS[model].title if model in MODELS else f"the n-gram model {model}"


def generalised(held_out: HeldOut) -> str:
    """Which model predicts the held-out songs best, and whether that may be chance."""
    ranked = sorted(held_out.rows, key=lambda row: row.bits_per_note)
    best = ranked[0]
    songs = "1 song" if held_out.songs == 1 else f"{held_out.songs} songs"
    said = (
        f"On {songs} held out {_title(best.model)} does best, "
        f"{best.bits_per_note:.2f} bits per note"
    )
    if len(ranked) == 1:
        return said + "."
    second = ranked[1]
    pair = next(p for p in held_out.pairs if {p.first, p.second} == {best.model, second.model})
    gain = f"what it gains on {_title(second.model)}, {abs(pair.difference):.2f} bits"
    if not pair.judged:
        few = "1 tune is" if held_out.independent == 1 else f"{held_out.independent} tunes are"
        return f"{said}; {gain}, cannot be judged: {few} too few to tell it from chance."
    beyond = "beyond chance" if pair.beyond_chance else "not beyond chance"
    return f"{said}; {gain}, is {beyond}."
