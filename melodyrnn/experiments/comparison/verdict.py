"""What a comparison's table shows, in a sentence computed from it."""

from collections.abc import Sequence

from melodyrnn.models.registry import MODELS
from melodyrnn.render.pages.comparison_data import Ceiling, HeldOut, MemoryRow, Pair
from melodyrnn.system.sentences import Sentence, joined, template


def remembered(rows: Sequence[MemoryRow], ceiling: Ceiling) -> Sentence:
    """Which models pass the memoryless ceiling, and how far each comes by its own predictions."""
    limit = Sentence(
        "the ceiling of any model that sees only {window} notes", window=ceiling.window
    )
    if ceiling.window == 1:
        limit = Sentence("the ceiling of any model that sees only one note")
    best, *others = sorted(rows, key=lambda row: -row.one_step.mean)
    clauses = [_clause(best, ceiling, limit)]
    clauses += [_clause(row, ceiling, Sentence("it")) for row in others]
    return Sentence("{said}.", said=joined(clauses)).capitalised()


def _clause(row: MemoryRow, ceiling: Ceiling, limit: Sentence) -> Sentence:
    least, most = row.one_step.low, row.one_step.high
    if least > ceiling.right:
        said = template("{model} passes {limit} and {whole}")
    elif most > ceiling.right:
        said = template("{model} passes {limit} with some seeds and {whole}")
    elif least == ceiling.right:
        said = template("{model} stops at {limit} and {whole}")
    elif most < ceiling.right:
        said = template("{model} stays below {limit} and {whole}")
    else:
        said = template("{model} never passes {limit} and {whole}")
    return Sentence(said, model=_title(row.model), limit=limit, whole=_whole_song(row))


def _whole_song(row: MemoryRow) -> Sentence:
    """How far a model comes by its own predictions."""
    if row.whole_song.low == row.all:
        return Sentence("plays the song whole")
    return Sentence("makes its first error at note {first_error}", first_error=row.first_wrong)


def _title(model: str) -> Sentence:
    """How a sentence calls a model or a baseline."""
    if model in MODELS:
        return Sentence("{title}", title=MODELS[model].title)
    return Sentence("the n-gram model {model}", model=model)


def generalised(held_out: HeldOut) -> Sentence:
    """Which model predicts the held-out songs best, and whether that may be chance."""
    ranked = sorted(held_out.rows, key=lambda row: row.bits_per_note)
    best = ranked[0]
    several = template("On {songs} songs held out {model} does best, {bits:.2f} bits per note")
    said = Sentence(
        "On 1 song held out {model} does best, {bits:.2f} bits per note"
        if held_out.songs == 1
        else several,
        songs=held_out.songs,
        model=_title(best.model),
        bits=best.bits_per_note,
    )
    if len(ranked) == 1:
        return Sentence("{said}.", said=said)
    second = ranked[1]
    pair = next(p for p in held_out.pairs if {p.first, p.second} == {best.model, second.model})
    return Sentence(
        _gain(pair, held_out.independent),
        said=said,
        second=_title(second.model),
        gain=abs(pair.difference),
        tunes=held_out.independent,
    )


def _gain(pair: Pair, tunes: int) -> str:
    """What is to be said of the best model and the second."""
    if pair.beyond_chance:
        return template("{said}; what it gains on {second}, {gain:.2f} bits, is beyond chance.")
    if pair.judged:
        return template("{said}; what it gains on {second}, {gain:.2f} bits, is not beyond chance.")
    if tunes == 1:
        return template(
            "{said}; what it gains on {second}, {gain:.2f} bits, cannot be judged: 1 tune is too "
            "few to tell it from chance."
        )
    return template(
        "{said}; what it gains on {second}, {gain:.2f} bits, cannot be judged: {tunes} tunes are "
        "too few to tell it from chance."
    )
