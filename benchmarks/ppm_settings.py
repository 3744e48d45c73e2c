"""What each setting of the PPM models is worth on ``kinder``, ten folds, seed 0.

    python benchmarks/ppm_settings.py

The mean over the folds of the bits per note of each; in brackets by melody, each counting alike.
"""

import numpy as np

from melodyrnn.data.gather import gather
from melodyrnn.experiments.benchmark.melodies import melodies_of
from melodyrnn.experiments.benchmark.protocol import FOLDS, folds_of
from melodyrnn.formats.read import Corpus
from melodyrnn.models.combining import Mixture
from melodyrnn.models.ngrams.ppm import SHORT_TERM, Ppm

VARIANTS = {
    "interpolated, with exclusion": {},
    "without exclusion": {"exclusion": False},
    "backed off": {"interpolated": False},
    "with update exclusion": {"update_exclusion": True},
}
BIASES = 0, 1, 2, 3, 4, 8, 16


def predictions(folds, memory, **settings):
    """Of each fold, of each of its melodies: (L, V), by LTM, LTM+ or STM."""
    for fold in folds:
        model = Ppm(fold.pitches, **settings)
        learned = model.learn(fold.train_pitches)
        yield [
            model.follow(
                melody.pitches,
                model.learn() if memory == "STM" else learned,
                learning=memory != "LTM",
            )
            for melody in fold.test
        ]


def figures(folds, predicted):
    """Bits per note and bits by melody, as they stand in a table."""
    notes, melodies = [], []
    for fold, distributions in zip(folds, predicted, strict=True):
        bits = [
            -np.log2(p[np.arange(len(p)), melody.pitches])
            for p, melody in zip(distributions, fold.test, strict=True)
        ]
        notes.append(np.concatenate(bits).mean())
        melodies.append(np.mean([each.mean() for each in bits]))
    return f"{np.mean(notes):.3f} ({np.mean(melodies):.3f})"


def show(title, headings, rows):
    print(f"{title:30}", *(f"{heading:13}" for heading in headings))
    for name, cells in rows:
        print(f"{name:30}", *(f"{cell:13}" for cell in cells))
    print()


def main():
    folds = folds_of(melodies_of(gather(Corpus("kinder"))), FOLDS, seed=0)

    def measured(memory, **settings):
        return figures(folds, predictions(folds, memory, **settings))

    show(
        "escape",
        ("LTM order 2", "LTM PPM*", "STM PPM*"),
        [
            (
                letter.upper(),
                [
                    measured("LTM", escape=letter, order=2),
                    measured("LTM", escape=letter),
                    measured("STM", escape=letter),
                ],
            )
            for letter in "abcdx"
        ],
    )
    memories = ("LTM", "LTM+", "STM")
    show(
        "PPM*, escape C",
        memories,
        [
            (name, [measured(memory, **settings) for memory in memories])
            for name, settings in VARIANTS.items()
        ],
    )
    both = [list(predictions(folds, "LTM+")), list(predictions(folds, "STM", **SHORT_TERM))]
    show(
        "LTM+ with STM of X5UI",
        ("geometric", "arithmetic"),
        [
            (
                f"bias {bias}",
                [
                    figures(
                        folds,
                        [
                            [Mixture(bias, mean).combine(pair) for pair in zip(*fold, strict=True)]
                            for fold in zip(*both, strict=True)
                        ],
                    )
                    for mean in ("geometric", "arithmetic")
                ],
            )
            for bias in BIASES
        ],
    )


if __name__ == "__main__":
    main()
