"""How often a difference that is truly 0 is called beyond chance, and how often a 95 % interval
holds the true figure, by the number of songs.

python benchmarks/interval_errors.py [--draws 10000]

Each draw is a set of songs with their lengths and the differences of two models on them, bits per
note, whose true mean over notes is 0. "before" is the bootstrap's percentile interval over songs
that this project had; the others are over families: the jackknife that it has, the plain t of the
families' sums, and all changes of their signs (from 14 on a sample of 2,000).
"""

import argparse
from collections.abc import Callable, Mapping
from functools import cache

import numpy as np

from melodyrnn.sequences import student
from melodyrnn.sequences.intervals import by_family, estimates

SIZES = (6, 7, 8, 10, 12, 18, 30, 60)
ALPHA = 0.05
RESAMPLES = 1000
SIGNS = 2000
EXACT = 13  # families; of more, changes of sign are drawn

# Scenarios: of one draw the differences (S,), the lengths (S,), the families (S,)


def equal_songs(random, count):
    """Normal differences, songs of one length."""
    return random.normal(0, 1, count), np.full(count, 40.0), range(count)


def songs(random, count):
    """Normal differences, lengths from 13 to 89 notes, as kinder's are."""
    return random.normal(0, 1, count), _lengths(random, count), range(count)


def heavy_tails(random, count):
    """Differences of Student's t with 3 degrees of freedom: some songs are unlike all others."""
    return random.standard_t(3, count), _lengths(random, count), range(count)


def unequal_lengths(random, count):
    """Lengths that differ tenfold; the longer a song, the less chance is in its mean."""
    notes = 5 + np.round(np.exp(random.normal(3.6, 0.6, count)))
    return random.normal(0, 0.3 + 3 / np.sqrt(notes)), notes, range(count)


def variants(random, count):
    """Families of one to four variants, which all show what one of them shows."""
    sizes = random.choice([1, 2, 3, 4], count, p=[0.55, 0.25, 0.12, 0.08])
    families = np.repeat(np.arange(count), sizes)
    shared = random.normal(0, 1, count)[families]
    return shared + random.normal(0, 0.2, len(families)), _lengths(random, len(families)), families


SCENARIOS: Mapping[str, Callable] = {
    "songs of one length": equal_songs,
    "kinder's lengths": songs,
    "heavy tails": heavy_tails,
    "unequal lengths": unequal_lengths,
    "families": variants,
}


def _lengths(random, count):
    return np.clip(np.round(random.gamma(7.3, 5.4, count)), 13, 89)


# What is called beyond chance: differences, notes, families -> whether


def bootstrap(differences, notes, _):
    """The percentile interval over songs, without 0."""
    sets = _resamples(len(notes))
    means = (sets @ (differences * notes)) / (sets @ notes)
    low, high = np.percentile(means, [100 * ALPHA / 2, 100 * (1 - ALPHA / 2)])
    return low > 0 or high < 0


def jackknife(differences, notes, families):
    return estimates([differences * notes], notes, families)[0].p_value < ALPHA


def plain_t(differences, notes, families):
    (sums,) = by_family((differences * notes)[None], families)
    t = sums.mean() / (sums.std(ddof=1) / np.sqrt(len(sums)))
    return student.p_value(t, len(sums) - 1) < ALPHA


def signs(differences, notes, families):
    """The share of all changes of sign whose sum is as far from 0."""
    (sums,) = by_family((differences * notes)[None], families)
    changed = np.abs(_signs(len(sums)) @ sums)
    return (changed >= abs(sums.sum()) * (1 - 1e-9)).mean() <= ALPHA


METHODS: Mapping[str, Callable] = {
    "before": bootstrap,
    "jackknife": jackknife,
    "plain t": plain_t,
    "signs": signs,
}


@cache
def _resamples(count):
    draws = np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), RESAMPLES)
    return draws.astype(float)


@cache
def _signs(count):
    if count <= EXACT:
        return 1.0 - 2 * (np.arange(2 ** (count - 1))[:, None] >> np.arange(count) & 1)
    drawn = np.random.default_rng(0).choice([-1.0, 1.0], (SIGNS, count))
    drawn[0] = 1
    return drawn


def rate(scenario, method, count, draws, seed=0):
    """The share of ``draws`` that ``method`` calls beyond chance."""
    random = np.random.default_rng([seed, count])
    return np.mean([method(*scenario(random, count)) for _ in range(draws)])


# Differences of real models on real songs


def real_songs():
    """Of kinder, ten-fold cross-validation: bits per note of each n-gram model of the published
    table on each song, (M, S), whether the likeliest pitch came, (M, S), and lengths, (S,).
    """
    from melodyrnn.data.gather import gather
    from melodyrnn.experiments.benchmark.benchmark import folds_of
    from melodyrnn.experiments.benchmark.melodies import melodies_of
    from melodyrnn.experiments.benchmark.rows import NGRAMS

    found, lengths = [], []
    for fold in folds_of(melodies_of(gather("kinder")), 10, 0):
        above = {}
        for row in NGRAMS:
            above[row.model] = row.predict(fold, above)
        for place, melody in enumerate(fold.test):
            ps, pitches = [above[row.model][place] for row in NGRAMS], melody.pitches
            bits = [-np.log2(p[np.arange(len(pitches)), pitches]).mean() for p in ps]
            found.append((bits, [(p.argmax(1) == pitches).mean() for p in ps]))
            lengths.append(len(pitches))
    bits, correct = np.array(found).transpose(1, 2, 0)
    return bits, correct, np.array(lengths, dtype=float)


def real_scenarios(bits, lengths):
    models = len(bits)
    pairs = np.array([bits[i] - bits[j] for j in range(models) for i in range(j)])
    centred = pairs - (pairs @ lengths / lengths.sum())[:, None]

    def drawn(random, count):
        picked = random.integers(len(lengths), size=count)
        return centred[random.integers(len(centred))][picked], lengths[picked], range(count)

    def swapped(random, count):
        differences, notes, families = drawn(random, count)
        return differences * random.choice([-1, 1], count), notes, families

    return {"real, exchangeable": swapped, "real, skewed": drawn}


def coverage(figures, lengths, count, draws):
    """How often each interval of one figure holds that of all songs: before, now."""
    random, held = np.random.default_rng(count), np.zeros(2)
    truth = figures @ lengths / lengths.sum()
    for _ in range(draws):
        model, picked = random.integers(len(figures)), random.integers(len(lengths), size=count)
        notes = lengths[picked]
        sums = figures[model][picked] * notes
        sets = _resamples(count)
        low, high = np.percentile(
            (sets @ sums) / (sets @ notes), [100 * ALPHA / 2, 100 * (1 - ALPHA / 2)]
        )
        interval = estimates([sums], notes)[0].interval()
        held += low <= truth[model] <= high, interval.low <= truth[model] <= interval.high
    return held / draws


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=10_000)
    draws = parser.parse_args().draws
    bits, correct, lengths = real_songs()
    print(f"A true difference of 0, called beyond chance, % of {draws:,} draws")
    print(f"{'':30}" + "".join(f"{count:>6}" for count in SIZES), "families")
    for name, scenario in {**SCENARIOS, **real_scenarios(bits, lengths)}.items():
        for label, method in METHODS.items():
            rates = (100 * rate(scenario, method, count, draws) for count in SIZES)
            title = name if label == "before" else ""
            print(f"{title:20}{label:10}" + "".join(f"{each:6.1f}" for each in rates), flush=True)
    print("\nA 95 % interval of one model's figure holds the true one, %")
    for name, figures in (("bits per note", bits), ("accuracy", correct)):
        found = np.array([100 * coverage(figures, lengths, count, draws) for count in SIZES])
        for label, values in zip(("before", "jackknife"), found.T, strict=True):
            title = name if label == "before" else ""
            print(f"{title:20}{label:10}" + "".join(f"{each:6.1f}" for each in values), flush=True)


if __name__ == "__main__":
    main()
