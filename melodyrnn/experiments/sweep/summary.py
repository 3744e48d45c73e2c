"""What a grid's outcomes come to: heat maps of pairs of settings, and words."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from math import nan
from typing import Any

from melodyrnn.experiments.sweep.grid import Grid, shown, varied
from melodyrnn.experiments.sweep.outcome import Outcome, Score
from melodyrnn.lessons.lesson import HeatMap

MOST_CELLS = 600
"""Of the picture of the whole grid."""


def heat_maps(name: str, grid: Grid, score: Score, outcomes: Sequence[Outcome]) -> list[HeatMap]:
    """For each pair of settings the best over the others, and the whole grid in one picture.

    A cell where everything diverged has no value.
    """
    names = varied(grid)
    maps = list(_whole(name, grid, score, outcomes)) if len(names) != 2 else []
    for down, across in combinations(names, 2):
        others = [other for other in names if other not in (down, across)]
        over = f", best over {_listed(others)}" if others else ""
        values = [
            [
                _best(score, [o for o in outcomes if _is(o, {down: row, across: column})])
                for column in grid[across]
            ]
            for row in grid[down]
        ]
        maps.append(
            HeatMap(
                f"{down}-{across}",
                f"{name}: {score.name}{over}",
                [shown(value) for value in grid[down]],
                [shown(value) for value in grid[across]],
                values,
                down=_spaced(down),
                across=_spaced(across),
                meaning=score.name,
                form=score.form,
                limits=None,
            )
        )
    return maps


def pivoted(
    grid: Grid, score: Score, outcomes: Sequence[Outcome], most_columns: int = 6
) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of a table: the last setting's values side by side, where they fit.

    A value with ``*`` diverged.
    """
    names = varied(grid) or list(grid)[:1]
    across = names[-1]
    columns = grid[across] if len(names) > 1 and len(grid[across]) <= most_columns else None
    down = names[:-1] if columns else names
    headings = [_spaced(name) for name in down]
    headings += [f"{_spaced(across)} {shown(v)}" for v in columns] if columns else [score.name]
    rows = []
    for group in _groups(down, outcomes):
        key = {name: group[0].settings[name] for name in down}
        cells = [score.written(o.score) + ("*" if o.diverged else "") for o in group]
        rows.append([*map(shown, key.values()), *cells])
    return headings, rows


def sentences(grid: Grid, score: Score, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The best, and what diverged."""
    names = varied(grid) or list(grid)
    best = score.best(outcomes)
    if best is not None:
        yield f"best: {score.name} {score.written(best.score)} with {_told(best, names)}"
    lost = [each for each in outcomes if each.diverged]
    if not lost:
        yield f"none of {len(outcomes)} diverged"
        return
    yield f"{len(lost)} of {len(outcomes)} diverged{_common(grid, names, lost)}"


def _common(grid: Grid, names: Sequence[str], lost: Sequence[Outcome]) -> str:
    """What all that diverged share, or the settings themselves where they are few."""
    shared = []
    for name in names:
        values = [value for value in grid[name] if any(o.settings[name] == value for o in lost)]
        if len(values) < len(grid[name]):
            shared.append(f"{_spaced(name)} {' or '.join(map(shown, values))}")
    if shared and len(lost) > 1:
        return f", all with {_listed(shared)}"
    return ": " + "; ".join(_told(each, names) for each in lost) if len(lost) <= 3 else ""


def _whole(name: str, grid: Grid, score: Score, outcomes: Sequence[Outcome]) -> Iterator[HeatMap]:
    names = varied(grid)
    if not names or len(outcomes) > MOST_CELLS:
        return
    half = len(names) // 2
    down, across = names[:half], names[half:]
    rows, columns = _groups(down, outcomes), _groups(across, outcomes)
    yield HeatMap(
        "grid",
        f"{name}: {score.name}",
        [_values(group[0], down) for group in rows],
        [_values(group[0], across) for group in columns],
        [
            [
                _best(score, [o for o in row if _is(o, {n: column[0].settings[n] for n in across})])
                for column in columns
            ]
            for row in rows
        ],
        down=", ".join(map(_spaced, down)),
        across=", ".join(map(_spaced, across)),
        meaning=score.name,
        form=score.form,
        limits=None,
    )


def _best(score: Score, outcomes: Sequence[Outcome]) -> float:
    best = score.best(outcomes)
    return nan if best is None else best.score


def _groups(names: Sequence[str], outcomes: Sequence[Outcome]) -> list[list[Outcome]]:
    """Outcomes that agree in ``names``, in order."""
    groups: dict[tuple[Any, ...], list[Outcome]] = {}
    for outcome in outcomes:
        groups.setdefault(tuple(outcome.settings[name] for name in names), []).append(outcome)
    return list(groups.values())


def _is(outcome: Outcome, settings: dict[str, Any]) -> bool:
    return all(outcome.settings[name] == value for name, value in settings.items())


def _told(outcome: Outcome, names: Sequence[str]) -> str:
    return ", ".join(f"{_spaced(name)} {shown(outcome.settings[name])}" for name in names)


def _values(outcome: Outcome, names: Sequence[str]) -> str:
    return " ".join(shown(outcome.settings[name]) for name in names)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _listed(words: Sequence[str]) -> str:
    words = list(map(_spaced, words))
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
