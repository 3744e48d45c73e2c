"""How far the AUC of generated against human tunes goes astray by chance, and what it says of that.

    python benchmarks/human_interval.py [--collection NAME] [--against NAME] [--songs N] [--draws N]

Draws songs of one collection again and again, half of them in place of the generated ones, or as
many of another collection. No song is a variant of another. Printed are the mean AUC, the standard
deviation of its log-odds, and, as means, the error that DeLong's method gives and the factor used.
"""

import argparse
from math import log

import numpy as np

from melodyrnn import gather
from melodyrnn.data.song_families import family_numbers
from melodyrnn.evaluation.human.auc import excess
from melodyrnn.evaluation.human.sides import ALL, Sides, Tune


def unrelated(name: str) -> list[Tune]:
    """One song of each family."""
    songs = gather(name)
    _, first = np.unique(family_numbers([named.song for named in songs]), return_index=True)
    return [Tune.of(songs[place]) for place in first]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--collection", default="essen/erk")
    parser.add_argument("--against")
    parser.add_argument("--songs", type=int, default=80)
    parser.add_argument("--draws", type=int, default=50)
    given = parser.parse_args()
    first = unrelated(given.collection)
    second = unrelated(given.against) if given.against else None
    values, errors, covered = [], [], 0
    for seed in range(given.draws):
        random = np.random.default_rng(seed)
        places = random.permutation(len(first))
        generated = [first[place] for place in places[: given.songs]]
        human = [first[place] for place in places[given.songs : 2 * given.songs]]
        if second:
            human = [second[place] for place in random.permutation(len(second))[: given.songs]]
        found = Sides(generated, human).compare(False, seed, lambda: None)[ALL]
        auc = found.auc()
        values.append(auc.value)
        errors.append(found.deviation() / (auc.value * (1 - auc.value)))
        covered += not auc.beyond_chance
    odds = [log(value / (1 - value)) for value in values]
    print(f"AUC {np.mean(values):.3f}; of its log-odds, deviation {np.std(odds, ddof=1):.3f}")
    print(f"DeLong's error {np.mean(errors):.3f}, factor used {excess(float(np.mean(values))):.2f}")
    print(f"0.5 within the interval in {covered} of {given.draws}")


if __name__ == "__main__":
    main()
