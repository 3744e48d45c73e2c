"""What the outcomes of a grid come to: a table, heat maps of pairs of settings, and sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import nan
from typing import NamedTuple

from melodyrnn.experiments.sweep.grid import Grid, Settings, Value, shown, varied
from melodyrnn.experiments.sweep.outcome import Criterion, Outcome
from melodyrnn.render.heat_map import HeatMap

MOST_CELLS = 600
"""Of the picture of the whole grid."""
MOST_COLUMNS = 6
"""Of values side by side in the table."""
_MOST_NAMED = 3


@dataclass(frozen=True)
class Summary:
    """The outcomes of a grid, and what can be said of them."""

    name: str
    grid: Grid
    score: Criterion
    outcomes: Sequence[Outcome]  # in the order of the grid
    chosen_on: str | None = None  # the set that scores are of

    @property
    def on_set(self) -> str:
        """`` on the validation set``, or nothing."""
        return f" on the {self.chosen_on} set" if self.chosen_on else ""

    def heat_maps(self) -> list[HeatMap]:
        """For each pair of settings the best over the others, and the whole grid in one picture.

        A cell where everything diverged has no value.
        """
        names = varied(self.grid)
        maps = [] if len(names) == 2 else self._whole_grid(names)
        return maps + [self._pair(names, *pair) for pair in combinations(names, 2)]

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Headings and rows: the last setting's values side by side, where they fit.

        A value with ``*`` diverged.
        """
        names = varied(self.grid) or list(self.grid)[:1]
        last, values = names[-1], self.grid[names[-1]]
        wide = len(names) > 1 and len(values) <= MOST_COLUMNS
        down = names[:-1] if wide else names
        across = [f"{_spaced(last)} {shown(v)}" for v in values] if wide else [self.score.name]
        rows = []
        for group in self._groups(down):
            key = [shown(group[0].settings[name]) for name in down]
            cells = [self.score.written(o.score) + ("*" if o.diverged else "") for o in group]
            rows.append([*key, *cells])
        return [*map(_spaced, down), *across], rows

    def sentences(self) -> Iterator[str]:
        """The best, and what diverged."""
        best = self.score.best(self.outcomes)
        if best is not None:
            score = self.score.written(best.score)
            yield f"best: {self.score.name} {score}{self.on_set} with {self._described(best)}"
        diverged = [each for each in self.outcomes if each.diverged]
        if not diverged:
            yield f"none of {len(self.outcomes)} diverged"
            return
        yield f"{len(diverged)} of {len(self.outcomes)} diverged{self._in_common(diverged)}"

    def _in_common(self, diverged: Sequence[Outcome]) -> str:
        """The values that all of ``diverged`` share, or each of them where they are few."""
        shared = []
        for name in self._named:
            values = [v for v in self.grid[name] if any(o.settings[name] == v for o in diverged)]
            if len(values) < len(self.grid[name]):
                shared.append(f"{_spaced(name)} {' or '.join(map(shown, values))}")
        if shared and len(diverged) > 1:
            return f", all with {_listed(shared)}"
        if len(diverged) > _MOST_NAMED:
            return ""
        return ": " + "; ".join(map(self._described, diverged))

    @property
    def _named(self) -> list[str]:
        """The settings in which outcomes differ."""
        return varied(self.grid) or list(self.grid)

    def _described(self, outcome: Outcome) -> str:
        return ", ".join(f"{_spaced(name)} {shown(outcome.settings[name])}" for name in self._named)

    def _pair(self, names: Sequence[str], down: str, across: str) -> HeatMap:
        """The best over all other settings, for each pair of values of two."""
        others = [other for other in names if other not in (down, across)]
        over = f", best over {_listed(others)}" if others else ""
        values = [
            [self._best(self.outcomes, {down: row, across: column}) for column in self.grid[across]]
            for row in self.grid[down]
        ]
        rows, columns = (
            _Axis([name], list(map(shown, self.grid[name]))) for name in (down, across)
        )
        return self._heat_map(f"{down}-{across}", over, rows, columns, values)

    def _whole_grid(self, names: Sequence[str]) -> list[HeatMap]:
        """All outcomes, half of the settings down and half across, where there is room for them."""
        if not names or len(self.outcomes) > MOST_CELLS:
            return []
        half = len(names) // 2
        down, across = names[:half], names[half:]
        rows, columns = self._groups(down), self._groups(across)
        values = [
            [self._best(row, {n: column[0].settings[n] for n in across}) for column in columns]
            for row in rows
        ]
        picture = self._heat_map(
            "grid",
            "",
            _Axis(down, [_values(group[0], down) for group in rows]),
            _Axis(across, [_values(group[0], across) for group in columns]),
            values,
        )
        return [picture]

    def _heat_map(
        self,
        file: str,
        over: str,
        down: "_Axis",
        across: "_Axis",
        values: Sequence[Sequence[float]],
    ) -> HeatMap:
        return HeatMap(
            file,
            f"{self.name}: {self.score.name}{self.on_set}{over}",
            down.labels,
            across.labels,
            values,
            down=down.title,
            across=across.title,
            meaning=self.score.name,
            form=self.score.form,
            limits=None,
        )

    def _best(self, outcomes: Sequence[Outcome], settings: Settings) -> float:
        """The best score of those of ``outcomes`` that have ``settings``."""
        best = self.score.best(
            outcome
            for outcome in outcomes
            if all(outcome.settings[name] == value for name, value in settings.items())
        )
        return nan if best is None else best.score

    def _groups(self, names: Sequence[str]) -> list[list[Outcome]]:
        """Outcomes that agree in ``names``, in order."""
        groups: dict[tuple[Value, ...], list[Outcome]] = {}
        for outcome in self.outcomes:
            key = tuple(outcome.settings[name] for name in names)
            groups.setdefault(key, []).append(outcome)
        return list(groups.values())


class _Axis(NamedTuple):
    """Of a heat map: the settings along it, and their values at each row or column."""

    names: Sequence[str]
    labels: Sequence[str]

    @property
    def title(self) -> str:
        return ", ".join(map(_spaced, self.names))


def _values(outcome: Outcome, names: Sequence[str]) -> str:
    return " ".join(shown(outcome.settings[name]) for name in names)


def _spaced(name: str) -> str:
    return name.replace("_", " ")


def _listed(words: Sequence[str]) -> str:
    words = list(map(_spaced, words))
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
