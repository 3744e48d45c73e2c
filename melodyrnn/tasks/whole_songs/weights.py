"""Songs weighed as wholes: an exponential model over whole sequences.

A network draws a song note by note, and is seldom sure what it lacks as a whole: how long it is,
what comes back, how it ends. With f(x) for the features of a song x, of which some say how frequent
its runs of notes are elsewhere, and p for the network,

    P(x) = p(x) exp(w . f(x)) / Z,   Z = E_p[exp(w . f)],

whose likelihood of people's songs has its maximum where the features have the same means under P as
among these (Rosenfeld, Chen and Zhu 2001). Z is estimated from songs that were
drawn from p, so that the logarithm of the likelihood, less a Gaussian prior on w, is concave in w.
The prior's mean is nought or, of a network that has been fine-tuned, what the songs of the network
that it began with weighed.

A song of which most is known from those that were learned has no weight, for it is no new one,
however likely.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from melodyrnn.music.song import Song
from melodyrnn.sequences.sampling import Floats
from melodyrnn.tasks.whole_songs.features import NAMES, features_of
from melodyrnn.tasks.whole_songs.runs_of_steps import KINDS, KnownRuns, RunCounts, RunRatios, Steps

FEATURES = len(NAMES) + KINDS
"""Of a song, F: what is seen of it, and how frequent its runs are elsewhere."""

PRIOR = 20.0
"""The precision of the prior on each weight, of features scaled to a deviation of 1."""

_COUNTED = 175
"""As many songs are told by, at most, against the prior: of more songs the means are known better,
but Z is not.
"""

VARIANT = 0.5
"""The share of the long runs of a song above which it is a variant of what was learned."""

_FURTHEST = 3.0
"""Deviations from the mean that a feature counts for, at most."""

MOST_CANDIDATES, MOST_NOTES = 32, 2000
"""For a song; notes of all candidates together. What more would be worth is little for its cost."""

_ROUNDS, _CLOSE = 50, 1e-9


@dataclass(frozen=True)
class WholeSongs:
    """What songs weigh, learned from people's and from a network's. F features."""

    means: Floats  # (F,): of the network's songs
    deviations: Floats  # (F,)
    weights: Floats  # (F,)
    ratios: RunRatios
    known: KnownRuns
    candidates: int  # that are drawn for a song

    @classmethod
    def learned(
        cls,
        people: Sequence[Song],
        families: Sequence[int],
        network: Sequence[Song],
        before: Floats | None = None,
    ) -> Self | None:
        """From people's songs, each with the number of its family, and from songs of the network,
        which began, it may be, with another one whose ``slopes`` are ``before``, (F,). None where
        there are no songs that have a note that sounds and are new.
        """
        sounding = [place for place, song in enumerate(people) if _sounds(song)]
        people, families = [people[n] for n in sounding], [families[n] for n in sounding]
        if not people:
            return None
        learned = [Steps.of(song) for song in people]
        known = KnownRuns.of(learned)
        new = {
            place: steps
            for place, steps in enumerate(map(Steps.of, network))
            if _sounds(network[place]) and known.share(steps) <= VARIANT
        }
        if not new:
            return None
        counts = RunCounts(learned, list(new.values()))
        of_people = np.hstack([_features(people), counts.means_of_people(families)])
        drawn = np.hstack([_features([network[n] for n in new]), counts.means_of_network()])
        means, deviations = drawn.mean(axis=0), drawn.std(axis=0)
        of_people, drawn = (_scaled(each, means, deviations) for each in (of_people, drawn))
        expected = np.zeros(len(means)) if before is None else before * deviations
        weights = _likeliest(of_people, drawn, expected)
        energy = np.full(len(network), -np.inf)
        energy[list(new)] = drawn @ weights
        return cls(
            means, deviations, weights, RunRatios.of(counts), known, _enough(energy, network)
        )

    @property
    def slopes(self) -> Floats:
        """The weights of features as they are, not scaled, (F,)."""
        seen = self.deviations > 0
        return np.divide(self.weights, self.deviations, out=np.zeros(len(seen)), where=seen)

    def log_weight(self, song: Song) -> float:
        """The natural logarithm w . f(x); -inf for a song that does not sound or is a variant."""
        if not _sounds(song):
            return -np.inf
        steps = Steps.of(song)
        if self.known.share(steps) > VARIANT:
            return -np.inf
        found = np.concatenate([features_of(song), self.ratios.means(steps)])
        return float(_scaled(found, self.means, self.deviations) @ self.weights)


def _features(songs: Sequence[Song]) -> Floats:
    return np.array([features_of(song) for song in songs])


def _sounds(song: Song) -> bool:
    return any(note.pitch for note in song.notes)


def _scaled(features: Floats, means: Floats, deviations: Floats) -> Floats:
    """(..., F). One that all songs of the network have alike says nothing."""
    apart = (features - means) / np.where(deviations > 0, deviations, 1.0)
    return np.where(deviations > 0, np.clip(apart, -_FURTHEST, _FURTHEST), 0.0)


def _enough(log_weights: Floats, network: Sequence[Song]) -> int:
    """Candidates for a song: four times the mean weight under P, in units of that under p, unless
    they are too many. The log-weights are those of the network's songs.
    """
    weights = np.exp(log_weights - log_weights.max())
    mean = float((weights**2).mean() / weights.mean() ** 2)
    notes = sum(map(len, network)) / len(network)
    return min(MOST_CANDIDATES, max(1, round(MOST_NOTES / notes)), max(1, round(4 * mean)))


def _likeliest(learned: Floats, drawn: Floats, expected: Floats) -> Floats:
    """The weights (F,) with the largest likelihood of ``learned``, (S, F), by Newton's method.
    ``drawn``, (N, F), are of songs of the network; ``expected`` is the mean of the prior.
    """
    wanted, prior = learned.mean(axis=0), PRIOR / min(len(learned), _COUNTED)
    weights = expected

    def objective(at: Floats) -> tuple[float, Floats]:
        """Its negative a song, and the shares of the drawn songs under P."""
        energy = drawn @ at
        share = np.exp(energy - energy.max())
        log_z = energy.max() + np.log(share.mean())
        apart = at - expected
        return log_z - wanted @ at + prior / 2 * apart @ apart, share / share.sum()

    value, share = objective(weights)
    for _ in range(_ROUNDS):
        mean = share @ drawn
        gradient = mean - wanted + prior * (weights - expected)
        curvature = (drawn * share[:, None]).T @ drawn - np.outer(mean, mean)
        step = np.linalg.solve(curvature + prior * np.eye(len(weights)), gradient)
        length = 1.0
        while (tried := objective(weights - length * step))[0] > value and length > _CLOSE:
            length /= 2  # as far as it helps
        weights, before = weights - length * step, value
        value, share = tried
        if before - value < _CLOSE:
            break
    return weights
