"""From trials to how well songs are predicted that no model had in training."""

from collections.abc import Mapping, Sequence

from melodyrnn.data.gather import Named
from melodyrnn.data.song_families import family_numbers
from melodyrnn.errors import warn
from melodyrnn.evaluation.note_bits import NoteBits, common_start
from melodyrnn.evaluation.paired_differences import compare_held_out
from melodyrnn.experiments.comparison.trial import Trial
from melodyrnn.render.pages.comparison_data import HeldOut


def bits_of(trials: Sequence[Trial]) -> dict[str, list[NoteBits]]:
    """Model -> of each seed what it makes of the songs held out, those of all folds together."""
    found: dict[str, dict[int, NoteBits]] = {}
    for trial in sorted(trials, key=lambda trial: trial.fold):
        if trial.held_out:
            seeds = found.setdefault(trial.model, {})
            earlier = seeds.get(trial.seed)
            seeds[trial.seed] = earlier.joined(trial.held_out) if earlier else trial.held_out
    return {model: list(seeds.values()) for model, seeds in found.items()}


def held_out_table(bits: Mapping[str, Sequence[NoteBits]], songs: Sequence[Named]) -> HeldOut:
    """Model -> of each seed what it makes of ``songs``: of the notes that all models predict."""
    every = [each for seeds in bits.values() for each in seeds]
    window = common_start(every)
    per_note = {model: [each.per_note(window) for each in seeds] for model, seeds in bits.items()}
    related = family_numbers([named.song for named in songs])
    return compare_held_out(per_note, every[0].notes(window), related, window)


def warn_of_one_song(songs: Sequence[Named]) -> None:
    if len(songs) == 1:
        warn("with one song held out, no difference is beyond chance; hold out more, by --held-out")
