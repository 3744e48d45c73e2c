"""What a comparison's table shows, in a sentence computed from it."""

from collections.abc import Sequence

from melodyrnn.models.registry import MODELS
from melodyrnn.render.report_data import Ceiling, HeldOut, MemoryRow

NAMES = {
    "lstm": "the LSTM",
    "gru": "the GRU",
    "rnn": "the simple recurrent network",
    "peephole": "the LSTM with peepholes",
    "peephole-full": "the LSTM with full peepholes",
    "coupled": "the LSTM with coupled gates",
    "lstm-stateless": "the LSTM that forgets",
    "gru-stateless": "the GRU that forgets",
    "rnn-stateless": "the simple network that forgets",
    "peephole-stateless": "the LSTM with peepholes that forgets",
    "peephole-full-stateless": "the LSTM with full peepholes that forgets",
    "coupled-stateless": "the LSTM with coupled gates that forgets",
    "attention": "the LSTM with attention",
    "lookback": "the LSTM that looks back",
    "mlp": "the MLP",
    "ngram": "counting",
    "ppm": "counting runs of any length",
    "repeat": "repeating the last note",
}
"""Model -> how a sentence calls it."""


def remembered(rows: Sequence[MemoryRow], ceiling: Ceiling) -> str:
    """Which models pass the ceiling of what sees the window only, and where the others leave."""
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
    end = "plays the song whole" if row.first_wrong is None else ""
    return f"{NAMES[row.model]} {said} and {end or f'leaves the song at note {row.first_wrong}'}"


def generalised(held_out: HeldOut) -> str:
    """Which model tells songs best that none of them heard, and whether that may be chance."""
    ranked = sorted(held_out.rows, key=lambda row: row.bits_per_note)
    best = ranked[0]
    songs = "1 song" if held_out.songs == 1 else f"{held_out.songs} songs"
    said = (
        f"On {songs} held out {NAMES[best.model]} does best, {best.bits_per_note:.2f} bits a note"
    )
    if len(ranked) == 1:
        return said + "."
    second = ranked[1]
    pair = next(p for p in held_out.pairs if {p.first, p.second} == {best.model, second.model})
    beyond = "beyond chance" if pair.beyond_chance else "not beyond chance"
    return (
        f"{said}; what it gains on {NAMES[second.model]}, {abs(pair.difference):.2f} bits, "
        f"is {beyond}."
    )


assert NAMES.keys() == MODELS.keys(), "each model of the table has a name"
