"""What a run expects: of each note that is given, and of the next one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log2
from os import PathLike
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from melodyrnn.errors import ConfigError
from melodyrnn.models.predictor import Floats
from melodyrnn.models.settings import check
from melodyrnn.music.song import Song
from melodyrnn.render import pictures
from melodyrnn.runs.run import Run, open_run
from melodyrnn.system.sentences import Sentence, template
from melodyrnn.tasks.task import Prompt, Reading, TokenLine

COUNT = 5
"""Tokens that are named, where nothing is said."""
MOST_BARS = 100
"""Tokens in a picture."""
BEFORE = 8
"""Tokens that a title names, the last ones given."""
MEANING = template("probability")


class NextToken(NamedTuple):
    """A token that may come, and how probable it is."""

    token: str
    probability: float

    @property
    def shown(self) -> str:
        """The token as it is read."""
        return _shown(self.token)


@dataclass(frozen=True)
class Expected:
    """What a run expects at one place, from what stands before it."""

    likeliest: tuple[NextToken, ...]  # the likeliest first; () where its window is not full
    token: str | None = None  # that stands there; None of the next one, which nobody knows
    probability: float | None = None  # of that token; None where the run does not know it

    @property
    def bits(self) -> float | None:
        """-log2 of its probability: how much it tells."""
        return -log2(self.probability) if self.probability else None

    def to_json(self) -> dict[str, Any]:
        likeliest = [each._asdict() for each in self.likeliest]
        if self.token is None:
            return {"likeliest": likeliest}
        given = {"token": self.token, "probability": self.probability, "bits": self.bits}
        return {**given, "likeliest": likeliest}


@dataclass(frozen=True, repr=False)
class PredictResult:
    """What a run expects of some tokens, and after them."""

    run: Run
    given: tuple[Expected, ...]  # each token that was given
    next: Expected

    def __repr__(self) -> str:
        best = self.next.likeliest[0]
        return f"<PredictResult {best.token} {best.probability:.0%}, after {len(self.given)}>"

    @property
    def title(self) -> str:
        """What the likeliest are expected after."""
        if not self.given:
            return Sentence("Expected at the beginning")
        last = " ".join(_shown(each.token or "") for each in self.given[-BEFORE:])
        dots = "… " * (len(self.given) > BEFORE)
        return Sentence("Expected after {tokens}", tokens=dots + last)

    def write_picture(self, path: str | Path, say: Callable[[str], str] = str) -> Path:
        """Write the likeliest as bars to a file ending in .svg, .png or .pdf, which is replaced.

        ``say`` puts the words into another language. Raises MelodyError.
        """
        check_picture(path := Path(path))
        from melodyrnn.render.bar_chart import BarChart
        from melodyrnn.render.charts import bar_chart

        likeliest = self.next.likeliest
        if len(likeliest) > MOST_BARS:
            count = len(likeliest)
            raise ConfigError(f"--count {count} is too many for a picture; {MOST_BARS} at most")
        names = [each.shown for each in likeliest]
        values = [each.probability for each in likeliest]
        picture = BarChart(say(self.title), names, values, say(self.run.task.unit), say(MEANING))
        return pictures.write_picture_as(path, bar_chart(picture))

    def _repr_html_(self) -> str:
        """What a notebook shows: a bar for each of the likeliest."""
        from melodyrnn.render.pages.notebook import prediction_html

        return prediction_html(self.run.task.unit, self.next.likeliest)

    def to_json(self) -> dict[str, Any]:
        """``given``: each {"token", "probability", "bits", "likeliest"}; ``next``."""
        return {
            "run": str(self.run.path),
            "unit": self.run.task.unit,
            "given": [each.to_json() for each in self.given],
            "next": self.next.to_json(),
        }


def predict(
    run: "str | PathLike[str]",
    primer: str | Path | Song | None = None,
    *,
    count: int = COUNT,
    track: str | None = None,
    grid: str | None = None,
    with_short_term: bool = False,
) -> PredictResult:
    """What ``run`` expects at each token of ``primer``, from those before it, and after them all:
    the ``count`` likeliest tokens with their probabilities.

    ``primer``: tokens such as ``"g8 e8 e4 f8"``, a song or its file, or, of a run on text,
    characters; without it, what a song begins with, where the run learned that. What the run does
    not know is seen as what is nearest to it, and has no probability. The end of a song is the
    token ``<end>``. Raises MelodyError.
    """
    check("count", count, {"least": 1, "most": 1000})
    opened = open_run(run)
    task = opened.task
    line = task.line(opened, primer, Reading(track, grid))
    predictor = opened.predictor(with_short_term=with_short_term)
    aligned = task.aligned(predictor, [Prompt(line.ids, 1, like=line.like)])
    after = np.append(line.ids, line.ids[:1])  # what comes last is not looked at
    (p,) = aligned.distributions([after.astype(np.int32)])  # (P + 1 - window, V)
    first = len(p) - 1 - len(line.tokens)  # before the first token; negative: windows not full
    given = [
        _expected(opened, line, p[first + place], count, place)
        if first + place >= 0
        else Expected((), line.tokens[place])
        for place in range(len(line.tokens))
    ]
    return PredictResult(opened, tuple(given), _expected(opened, line, p[-1], count))


def check_picture(path: Path) -> None:
    """Raise RenderError where ``PredictResult.write_picture`` would for the name of its file."""
    pictures.check_picture(path)


def _expected(
    run: Run, line: TokenLine, p: Floats, count: int, place: int | None = None
) -> Expected:
    """``p`` (V,) at a place of ``line``, or after it."""
    likeliest = _likeliest(run, line, p, count)
    if place is None:
        return Expected(likeliest)
    counted = list(line.counted[place])
    probability = float(p[counted].sum()) if counted else None
    return Expected(likeliest, line.tokens[place], probability)


def _likeliest(run: Run, line: TokenLine, p: Floats, count: int) -> tuple[NextToken, ...]:
    ids: Sequence[int] = np.argsort(-p, kind="stable")[:count].tolist()
    names = run.task.spelled(run, ids, line)
    return tuple(NextToken(name, float(p[each])) for name, each in zip(names, ids, strict=True))


def _shown(token: str) -> str:
    """A character that nobody would see is named."""
    return token if token.isprintable() and not token.isspace() else repr(token)
