"""A sentence character by character: windows that forget, and a state carried all along."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from melodyrnn.lessons.lesson import FIT_SETTINGS, NETWORK_SETTINGS, Finding, Lesson, Table
from melodyrnn.lessons.shared.fitted_network import FittedNetwork, fit_network, tagger_builder
from melodyrnn.models.config import FitConfig, ModelConfig, SequenceConfig
from melodyrnn.models.ngrams.ngram import Tally, ceiling, successors
from melodyrnn.sequences.vocabulary import Indices, Vocabulary
from melodyrnn.sequences.windows import Batch, shifted
from melodyrnn.system.documents import JSON
from melodyrnn.system.progress import Progress
from melodyrnn.system.sentences import Sentence, template

SENTENCE = (
    "A recurrent neural network is a class of artificial neural network where connections "
    "between units form a directed cycle. This allows it to exhibit dynamic temporal behavior. "
    "Unlike feedforward neural networks,RNNs can use their internal memory to process arbitrary "
    "sequences of inputs."
)
CHARACTERS = Vocabulary.of([SENTENCE])
CARRIED_RATE = 0.03
"""Adam's learning rate where all is one long sequence, and a step is an average of 285."""
_SHOWN = 10


@dataclass(frozen=True)
class Windows:
    """A network fitted to windows, and its prediction of the last character of each."""

    fitted: FittedNetwork
    batch: Batch
    ceiling: Tally
    ambiguous: Mapping[str, Counter[str]]  # windows that precede different characters, and those

    @property
    def predictions(self) -> Indices:
        """Of each window, (N,)."""
        return self.fitted.predictions[:, -1]

    @property
    def targets(self) -> Indices:
        return self.batch.y[:, -1]

    @property
    def right(self) -> int:
        return int((self.predictions == self.targets).sum())

    @property
    def joined(self) -> str:
        """The output of the first window, then the last character of each."""
        first = self.fitted.predictions[0, :-1]
        return "".join(CHARACTERS.decode([*first, *self.predictions]))

    @property
    def why(self) -> Sentence:
        """What the ceiling comes of: the windows to blame, by name where they are one or two."""
        match [repr(window) for window in self.ambiguous]:
            case []:
                return Sentence("no window has two successors")
            case [one]:
                return Sentence("{one} has two successors", one=one)
            case [one, other]:
                return Sentence("{one} and {other} have two successors", one=one, other=other)
            case many:
                return Sentence("{count} windows have two successors or more", count=len(many))

    def errors(self) -> Table:
        """The first windows whose last character is predicted wrongly."""
        wrong = (self.predictions != self.targets).nonzero()[0][:_SHOWN]
        rows = [
            [
                str(place + 1),
                repr("".join(CHARACTERS.decode(self.batch.x[place]))),
                repr(CHARACTERS.symbols[self.targets[place]]),
                repr(CHARACTERS.symbols[self.predictions[place]]),
            ]
            for place in wrong
        ]
        return Table("Errors of the windows", ["window", "input", "target", "predicted"], rows)


def run(lesson: Lesson, progress: Progress) -> Finding:
    text = CHARACTERS.encode(SENTENCE)
    windows = _fit_windows(lesson, text, progress)
    carried = _fit_whole(lesson, text, progress)
    written = _write(lesson, text, carried)
    ceiling_, whole = windows.ceiling, written == SENTENCE
    return Finding(
        holds=windows.right == ceiling_.right and carried.right == carried.all and whole,
        sentence=Sentence(
            "windows of {window}: {right} of {all} last characters correct, where the ceiling is "
            "{ceiling}, for {why}; state carried: {carried} of {steps}, and from its first "
            "character the sentence is {written}",
            window=lesson.model.window,
            right=windows.right,
            all=ceiling_.all,
            ceiling=ceiling_.right,
            why=windows.why,
            carried=carried.right,
            steps=carried.all,
            written=Sentence("reproduced" if whole else "not reproduced"),
        ),
        figures=_figures(windows, carried, written),
        tables=[
            _lines(
                template("Windows: the first one's output, then each one's last character"),
                windows.joined,
            ),
            windows.errors(),
            _lines(
                template("State carried: generated from 'A', each output the next input"), written
            ),
        ],
        curves=[windows.fitted.curve("windows"), carried.curve("state carried")],
    )


def _fit_windows(lesson: Lesson, text: Indices, progress: Progress) -> Windows:
    window, fit = lesson.model.window, lesson.fit
    batch = shifted(text, window)
    model = tagger_builder(lesson.model, batch, len(CHARACTERS))(fit.seed)
    fitted = fit_network(model, batch, fit, progress)
    return Windows(fitted, batch, ceiling([text], window), _ambiguous(text, window))


def _fit_whole(lesson: Lesson, text: Indices, progress: Progress) -> FittedNetwork:
    """The sentence as one row, so that the state is carried from its start to its end."""
    batch, fit = shifted(text), lesson.fit
    return fit_network(
        tagger_builder(lesson.model, batch, len(CHARACTERS))(fit.seed),
        batch,
        replace(fit, learning_rate=CARRIED_RATE),
        progress,
        jit=True,  # a loop over 285 steps: XLA runs it ten times as fast
    )


def _write(lesson: Lesson, text: Indices, carried: FittedNetwork) -> str:
    """The whole-song prediction of the sentence: free-running from its first character."""
    from melodyrnn.generation.generate import whole_song
    from melodyrnn.models.networks.numpy_network import Network

    config = lesson.model
    stepwise = ModelConfig(
        model=config.cell, input="onehot", window=1, units=config.units, layers=config.layers
    )
    network = Network(stepwise, len(CHARACTERS), carried.model.get_weights())
    return "".join(CHARACTERS.decode(whole_song(network, text)))


def _figures(windows: Windows, carried: FittedNetwork, written: str) -> dict[str, JSON]:
    top = windows.ceiling
    return {
        "characters": len(SENTENCE),
        "distinct": len(CHARACTERS),
        "windows": {"right": windows.right, "all": top.all, "ceiling": top.right},
        "undecidable": {window: dict(nexts) for window, nexts in windows.ambiguous.items()},
        "joined": windows.joined,
        "carried": {"right": carried.right, "all": carried.all},
        "written": written,
    }


def _ambiguous(text: Indices, size: int) -> dict[str, Counter[str]]:
    """The windows of ``size`` that precede different characters, and those."""
    return {
        "".join(CHARACTERS.decode(window)): Counter(
            {CHARACTERS.symbols[index]: times for index, times in nexts.items()}
        )
        for window, nexts in successors([text], size).items()
        if len(nexts) > 1
    }


def _lines(title: str, text: str, width: int = 60) -> Table:
    """``text`` cut into lines."""
    starts = range(0, len(text), width)
    rows = [[str(start + 1), text[start : start + width]] for start in starts]
    return Table(title, ["from", ""], rows)


LESSON = Lesson(
    name="sentence",
    shape="many to many",
    about="a sentence, character by character",
    claim=(
        "windows of 10 predict 274 of 276 last characters and no more, for two windows precede "
        "two different characters; with the state carried all are predicted, and the sentence is "
        "reproduced from its first character"
    ),
    run=run,
    model=SequenceConfig(cell="lstm", units=len(CHARACTERS), layers=2, window=10),
    fit=FitConfig(epochs=500, learning_rate=0.1),
    uses=(*NETWORK_SETTINGS, "window", *FIT_SETTINGS),
)
