"""A run that begins with the weights of another one: what it takes over, and what it may change.

It keeps the network and the vocabulary of that run, so that each weight keeps its meaning. A token
that the vocabulary lacks is learned as the nearest one, and predicted as an unknown one. Several
networks may begin with one: they see the songs in other orders, with other parts dropped out.
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from melodyrnn.data.gather import Named
from melodyrnn.data.song_fingerprints import fingerprints
from melodyrnn.data.split import Split
from melodyrnn.errors import ConfigError, RunError, warn
from melodyrnn.models.config import ModelConfig
from melodyrnn.runs import pretraining
from melodyrnn.runs.base import Base
from melodyrnn.runs.network_files import weights_file
from melodyrnn.runs.pretraining import Pretraining
from melodyrnn.runs.record import Record
from melodyrnn.runs.run import Run
from melodyrnn.sequences.open_vocabulary import rate_of
from melodyrnn.tasks.task import Settings

LEARNING_RATE = 2e-3
"""Adam's step size where nothing is said."""

_ENSEMBLE = "ensemble"
_FREE = ("dropout", "input_dropout", "recurrent_dropout", _ENSEMBLE)
"""Settings of a network that its weights do not depend on."""


def plan(
    base: Run, items: Sequence[Named], settings: Settings
) -> tuple[Record, Split[Sequence[Named]]]:
    """As ``Task.plan``, of a run that is to begin with the weights of ``base``. Raises MelodyError
    where that run has none, or ``settings`` ask for another network.
    """
    check(base, settings)
    kept, model = _kept(base), base.record.model
    own = {name: value for name, value in settings.items() if name not in kept}
    record, parts = base.task.plan(
        items, {"learning_rate": LEARNING_RATE, **own, "model": model.model}
    )
    free = {name: getattr(record.model, name) for name in _FREE if name not in kept}
    return replace(
        record,
        model=replace(model, **free),
        vocabulary=base.vocabulary,
        features=base.record.features,
        unknown_rate=_unknown_rate(base, parts.train),
        base=Base(base.path.name, weights_digest(base), songs_learned(base), base.record.base),
    ), parts


def check(base: Run, settings: Settings) -> None:
    """Raise ConfigError where ``base`` has no weights to go on with, or not such a network."""
    record = base.record
    if not base.task.can_be_tuned:
        raise ConfigError(
            f"--from {base.path}: a run on {base.task.name}, and only one on many tunes can be "
            "fine-tuned; name such a run, or folk"
        )
    if not record.model.spec.learns_by_gradient:
        raise ConfigError(
            f"--from {base.path}: {record.model.spec.title} has no weights to begin with; name a "
            "run of a network"
        )
    kept = _kept(base)
    for name, value in settings.items():
        if name in kept and value != (known := getattr(record.model, name)):
            raise ConfigError(
                f"--{name} {value}: --from {base.path} has {known}, and its network is kept; leave "
                "it out, or name another run"
            )


def _kept(base: Run) -> set[str]:
    """The settings that make its network what it is; of several, how many there are."""
    several = {_ENSEMBLE} if base.record.model.ensemble > 1 else set[str]()
    return (ModelConfig.names() - {*_FREE}) | several


def check_resumed(base: Run, run: Run) -> None:
    """Raise RunError where ``run`` did not begin with the weights of ``base``."""
    before = run.record.base
    if before is None or before.weights != weights_digest(base):
        name = f"{before.name} as it then was" if before else "no other run"
        raise RunError(
            f"{run.path}: began with {name}, not --from {base.path}; resume it with that, or train "
            "anew with another --output"
        )


def weights_digest(run: Run) -> str:
    """SHA-256 of its weights' files. Raises RunError where its training was cut off before one."""
    members = range(1, run.record.model.ensemble + 1)
    files = [weights_file(run.path, run.record, member) for member in members]
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def songs_learned(run: Run) -> int:
    """How many, those of its pretraining among them."""
    before = run.record.base.songs if run.record.base else 0
    return before + len(run.parts.train) + len(run.parts.validation)


def learned(run: Run) -> Pretraining:
    """What a run that begins with its weights knows: all songs that it has learned from, those that
    chose its weights and those of its pretraining among them. Raises RunError.
    """
    own = fingerprints([named.song for part in run.parts[:2] for named in part])
    known = pretraining.kept(run.path).known.joined(own) if run.record.base else own
    return Pretraining(known, run.whole_songs.slopes if run.whole_songs else None)


def _unknown_rate(base: Run, songs: Sequence[Named]) -> float:
    """How often a token of a new song is one that ``base`` lacks; says where one is."""
    tokenizer: Any = base.tokenizer
    first = len(tokenizer.opening)
    tokens = [token for named in songs for token in tokenizer.tokens(named.song)[first:]]
    lacking = [token for token in tokens if token not in base.vocabulary]
    if lacking:
        warn(
            f"{len(lacking):,} of {len(tokens) - len(songs):,} notes to learn are no tokens of "
            f"{base.path.name}, such as {lacking[0]}; each is learned as the nearest it has"
        )
    return rate_of(len(lacking), len(tokens))
