"""A sentence character by character: windows that forget, and a state carried all along."""

from collections import Counter
from dataclasses import replace
from typing import Any

from melodyrnn.lessons.lesson import Finding, Lesson, Progress, Table
from melodyrnn.lessons.shared.fitted_network import learn, teller_of
from melodyrnn.models.config import FitConfig, ModelConfig, SequenceConfig
from melodyrnn.models.counted.ngram import ceiling, successors
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.sequences.windows import shifted

SENTENCE = (
    "A recurrent neural network is a class of artificial neural network where connections "
    "between units form a directed cycle. This allows it to exhibit dynamic temporal behavior. "
    "Unlike feedforward neural networks,RNNs can use their internal memory to process arbitrary "
    "sequences of inputs."
)
CHARACTERS = Vocabulary.of([SENTENCE])
WINDOW = 10
CARRIED_RATE = 0.03
"""Adam's step size where all is one long sequence, and a step is an average of 285."""


def teach(lesson: Lesson, progress: Progress) -> Finding:
    from melodyrnn.generation.generate import whole_song
    from melodyrnn.models.networks.numpy_network import Network

    text = CHARACTERS.encode(SENTENCE)
    batch = shifted(text, WINDOW)
    config, fit, count = lesson.model, lesson.fit, len(CHARACTERS)
    forgets = learn(teller_of(config, batch, count)(fit.seed), batch, fit, progress)
    last = forgets.likeliest[:, -1]
    right = int((last == batch.y[:, -1]).sum())
    joined = "".join(CHARACTERS.decode([*forgets.likeliest[0, :-1], *last]))
    best, open_windows = ceiling([text], WINDOW), _undecidable(text)

    whole = shifted(text)
    carries = learn(
        teller_of(config, whole, count)(fit.seed),
        whole,
        replace(fit, learning_rate=CARRIED_RATE),
        progress,
        jit=True,  # a loop over 285 steps: XLA runs it ten times as fast
    )
    stepwise = ModelConfig(
        model=config.cell, input="onehot", window=1, units=config.units, layers=config.layers
    )
    writer = Network(stepwise, count, carries.model.get_weights())
    written = "".join(CHARACTERS.decode(whole_song(writer, text)))

    wrong = [place for place in range(len(last)) if last[place] != batch.y[place, -1]]
    named = " and ".join(repr(window) for window in open_windows)
    return Finding(
        holds=right == best.right
        and carries.told.right == carries.told.all
        and written == SENTENCE,
        sentence=(
            f"windows of {WINDOW} tell {right} of {best.all} last characters, of which "
            f"{best.right} can be told: {named} have two successors; with the state carried "
            f"{carries.told.right} of {carries.told.all}, and from its first character the "
            f"sentence is written back {'whole' if written == SENTENCE else 'otherwise'}"
        ),
        figures={
            "characters": len(SENTENCE),
            "distinct": count,
            "windows": {"right": right, "all": best.all, "ceiling": best.right},
            "undecidable": {window: dict(nexts) for window, nexts in open_windows.items()},
            "joined": joined,
            "carried": {"right": carries.told.right, "all": carries.told.all},
            "written": written,
        },
        tables=[
            _lines("Windows: the first one's output, then each one's last character", joined),
            Table(
                "Where the windows go wrong",
                ["window", "sees", "truth", "told"],
                [
                    [
                        str(place + 1),
                        repr("".join(CHARACTERS.decode(batch.x[place]))),
                        repr(CHARACTERS.symbols[batch.y[place, -1]]),
                        repr(CHARACTERS.symbols[last[place]]),
                    ]
                    for place in wrong[:10]
                ],
            ),
            _lines("State carried: from 'A', fed with what it wrote", written),
        ],
        curves=[forgets.curve("windows"), carries.curve("state carried")],
    )


def _undecidable(text: Indices) -> dict[str, Counter[str]]:
    """The windows that stand before different characters, and those."""
    return {
        "".join(CHARACTERS.decode(window)): Counter(
            {CHARACTERS.symbols[code]: times for code, times in nexts.items()}
        )
        for window, nexts in successors([text], WINDOW).items()
        if len(nexts) > 1
    }


def _lines(title: str, text: str, width: int = 60) -> Table:
    """``text`` cut into lines."""
    starts = range(0, len(text), width)
    rows: list[list[Any]] = [[str(start + 1), text[start : start + width]] for start in starts]
    return Table(title, ["from", ""], rows)


LESSON = Lesson(
    name="sentence",
    shape="many to many",
    about="a sentence, character by character",
    claim=(
        "windows of 10 tell 274 of 276 last characters and no more, for two windows stand before "
        "two different ones; with the state carried all are told, and the sentence comes back "
        "whole from its first character"
    ),
    teach=teach,
    model=SequenceConfig(cell="lstm", units=len(CHARACTERS), layers=2),
    fit=FitConfig(epochs=500, learning_rate=0.1),
)
