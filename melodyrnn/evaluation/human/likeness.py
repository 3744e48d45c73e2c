"""How well a classifier tells generated tunes from human ones: the whole procedure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from melodyrnn.data.gather import Named, Songs
from melodyrnn.data.song_families import family_numbers
from melodyrnn.errors import ConfigError, warn
from melodyrnn.evaluation.human.auc import Auc, Comparisons
from melodyrnn.evaluation.human.copying import copied_among, copied_from
from melodyrnn.evaluation.human.differences import differences
from melodyrnn.evaluation.human.features import GROUPS
from melodyrnn.evaluation.human.folds import halves
from melodyrnn.evaluation.human.result import Control, ControlCollection, CopyLengths, HumanLikeness
from melodyrnn.evaluation.human.sides import ALL, FOLDS, N_GRAMS, REPEATS, Sides, Tune
from melodyrnn.system.progress import Progress, silent
from melodyrnn.system.sentences import listed

FEWEST = 20
"""Tunes on either side."""
MOST = 1_000
"""Tunes on either side; of more, so many are drawn."""

_FEWEST_FAMILIES = 2 * FOLDS  # so that each half of them has one for each fold


@dataclass(frozen=True)
class Material:
    """Tunes by what they are for."""

    generated: Sequence[Named]
    human: Sequence[Named]
    controls: Sequence[Songs] = ()  # other collections that people made
    training: Sequence[Named] = ()  # what the generated tunes were learned from, if it is known


def human_likeness(material: Material, seed: int = 0, progress: Progress = silent) -> HumanLikeness:
    """Raises ConfigError where there are too few tunes, or too few that are no variants."""
    work = _Work(seed, progress, 2 + len(material.controls))
    sides = work.sides(material.generated, material.human)
    comparisons = sides.compare(True, seed, work.doing("generated tunes"))
    groups = {name: comparisons[name].auc() for name in (*GROUPS, N_GRAMS)}
    copied, auc = _copied(material, sides, comparisons[ALL])
    control = Control(
        work.halves(sides.human),
        tuple(work.collection(songs, sides) for songs in material.controls),
    )
    found = tuple(differences(*sides.tables, sides.families))
    sizes = len(sides.generated), len(sides.human)
    return HumanLikeness(*sizes, auc, control, groups, found, copied)


def _copied(material: Material, sides: Sides, comparisons: Comparisons) -> tuple[CopyLengths, Auc]:
    """How much is copied, and the AUC in which copies count as told apart."""
    drawn = [tune.named for tune in sides.generated]
    generated = copied_from(drawn, material.human)
    human = copied_among([tune.named for tune in sides.human], sides.families[1])
    usual = human.ninetieth
    copies = generated.beyond(usual)
    comparisons.reveal(copies, human.beyond(usual))
    training = copied_from(drawn, material.training) if material.training else None
    return CopyLengths(generated, human, training, int(copies.sum())), comparisons.auc()


class _Work:
    """What all comparisons share: the seed, and how far they have come."""

    def __init__(self, seed: int, progress: Progress, comparisons: int) -> None:
        self._seed, self._progress = seed, progress
        self._random = np.random.default_rng(seed)
        self._done, self._all = 0, comparisons * FOLDS * REPEATS

    def doing(self, words: str) -> Callable[[], None]:
        """What is to be called after each fold."""

        def fold_done() -> None:
            self._done += 1
            self._progress(self._done, self._all, listed("folds", words))

        return fold_done

    def sides(self, generated: Sequence[Named], human: Sequence[Named]) -> Sides:
        """Raises ConfigError."""
        found = Sides(
            self._tunes(generated, "--generated", MOST), self._tunes(human, "--against", MOST)
        )
        for option, families in zip(("--generated", "--against"), found.families, strict=True):
            _require_families(option, len(families), len(np.unique(families)))
        return found

    def halves(self, human: Sequence[Tune]) -> Auc:
        """One half of the human tunes against the other."""
        first = halves(Sides((), human).families[1], self._random)
        sides = Sides(
            [tune for tune, mine in zip(human, first, strict=True) if mine],
            [tune for tune, mine in zip(human, first, strict=True) if not mine],
        )
        return self._auc(sides, "human halves")

    def collection(self, songs: Songs, sides: Sides) -> ControlCollection:
        """People's other tunes in place of the generated ones, as many; what is a variant of a
        human one is left out. Raises ConfigError.
        """
        ours = [tune.named.song for tune in sides.human]
        families = family_numbers([*ours, *(named.song for named in songs)])
        known = set(families[: len(ours)])
        others = [
            named
            for named, family in zip(songs, families[len(ours) :], strict=True)
            if family not in known
        ]
        option = f"--control {songs.name}"
        drawn = self._tunes(others, option, max(FEWEST, len(sides.generated)))
        found = Sides(drawn, sides.human)
        _require_families(option, len(drawn), len(np.unique(found.families[0])))
        return ControlCollection(songs.name, len(drawn), self._auc(found, songs.name))

    def _auc(self, sides: Sides, words: str) -> Auc:
        return sides.compare(False, self._seed, self.doing(words))[ALL].auc()

    def _tunes(self, songs: Sequence[Named], option: str, most: int) -> list[Tune]:
        """At most so many of them. Raises ConfigError."""
        audible = [named for named in songs if any(note.pitch for note in named.song)]
        if silent_ones := len(songs) - len(audible):
            warn(f"{option}: left out {silent_ones} of {len(songs)} tunes, which have no note")
        if len(audible) < FEWEST:
            raise ConfigError(
                f"{option}: {len(audible)} tune{'s' * (len(audible) != 1)}, too few to tell apart; "
                f"give {FEWEST} or more, and 100 for a narrow interval"
            )
        if len(audible) > most:
            places = np.sort(self._random.choice(len(audible), most, replace=False))
            audible = [audible[place] for place in places]
        return [Tune.of(named) for named in audible]


def _require_families(option: str, tunes: int, families: int) -> None:
    """Raises ConfigError where there are too few to deal out whole."""
    if families < _FEWEST_FAMILIES:
        raise ConfigError(
            f"{option}: {tunes} tunes are variants of {families}; give {_FEWEST_FAMILIES} or more "
            "that are no variants of each other"
        )
