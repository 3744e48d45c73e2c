"""What can be set, each default once. Imports neither Keras nor numpy.

The command line builds its options from these classes, so that a default, its range and its
explanation stand here alone; what is chosen by name stands in ``registry``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from melodyrnn.errors import ConfigError
from melodyrnn.models.model import Model
from melodyrnn.models.registry import (
    ATTENTIONS,
    BLENDINGS,
    CELLS,
    ESCAPES,
    INPUTS,
    MEANS,
    MEMORIES,
    MODELS,
    MOST_WINDOW,
    RECURRENT,
    SCHEDULES,
    TOKENIZATIONS,
    WINDOW,
)
from melodyrnn.models.settings import Checked, check, nearest, setting

MOST_SEED = 10**18  # what the random numbers of TensorFlow take, and a round number


@dataclass(frozen=True, slots=True)
class ModelConfig(Checked):
    """What the model is."""

    model: str = setting("lstm", "the kind of model; several songs: viewpoints", choices=MODELS)
    input: str = setting(
        "index", "input encoding of a token; several songs: embedding", choices=INPUTS
    )
    window: int = setting(
        WINDOW,
        "window (context length): tokens the network sees at a step",
        least=1,
        most=MOST_WINDOW,
    )
    units: int = setting(128, "units in each hidden layer", least=1, most=8192)
    layers: int | None = setting(None, "hidden layers (default: 1, mlp 2)", least=1, most=16)
    embedding: int = setting(
        32, "width of the learned vectors of --input embedding", least=1, sane=8192
    )
    tokenization: str = setting("joint", "what a learned vector stands for", choices=TOKENIZATIONS)
    dropout: float = setting(
        0.0, "dropout rate of each hidden layer's outputs", real=True, most=0.95
    )
    input_dropout: float = setting(
        0.0, "viewpoints: dropout rate of what enters", real=True, most=0.95
    )
    recurrent_dropout: float = setting(
        0.0, "viewpoints: dropout rate of the recurrent weights", real=True, most=0.95
    )
    ensemble: int = setting(
        1, "networks, each from a seed of its own, whose predictions are averaged", least=1, most=64
    )
    order: int | None = setting(
        None, "ppm: tokens in the longest context (default: any number, PPM*)", least=0, sane=9999
    )
    escape: str = setting(
        "c", "ppm: escape method: how much is kept for new tokens", choices=ESCAPES
    )
    exclusion: bool = setting(True, "ppm: a shorter context excludes what followed a longer one")
    update_exclusion: bool = setting(
        False, "ppm: a context counts only what was new to all longer ones"
    )
    blending: str = setting("interpolated", "ppm: how contexts combine", choices=BLENDINGS)
    memory: str = setting("ltm", "ppm: what it learns from", choices=MEMORIES)
    bias: float = setting(
        2.0,
        "ppm: with two memories, the extra weight of the surer one",
        real=True,
        least=0.0,
        sane=1e3,
    )
    mean: str = setting("geometric", "ppm: how two memories combine", choices=MEANS)

    @property
    def spec(self) -> Model:
        """Its row of the registry. Raises PluginError where it cannot be loaded."""
        return MODELS[self.model]

    @property
    def depth(self) -> int:
        """Hidden layers."""
        return self.layers or self.spec.layers


@dataclass(frozen=True, slots=True)
class TrainConfig(Checked):
    """How it learns."""

    epochs: int = setting(2000, "maximum number of epochs", least=1, sane=9_999_999)
    learning_rate: float = setting(1e-3, "Adam's step size", real=True, above=0.0, most=10.0)
    batch: int | None = setting(
        None, "batch size: windows per step, where no state is carried", least=1, sane=65_536
    )
    seed: int = setting(0, "random seed; the same seed gives the same run", least=0, sane=MOST_SEED)
    early_stop: bool = setting(True, "stop once every song is reproduced whole")


@dataclass(frozen=True, slots=True)
class StreamConfig(Checked):
    """How it learns from a stream: a text, or many tunes one after another."""

    epochs: int = setting(30, "maximum number of epochs", least=1, sane=9_999_999)
    learning_rate: float = setting(2e-3, "Adam's step size", real=True, above=0.0, most=10.0)
    batch: int = setting(
        32, "maximum batch size: places that are read at once", least=1, sane=65_536
    )
    seed: int = setting(0, "random seed; the same seed gives the same run", least=0, sane=MOST_SEED)
    early_stop: bool = setting(True, "stop when the validation loss no longer falls")
    steps: int = setting(64, "truncated backpropagation length, in steps", least=1, most=4096)
    clip: float | None = setting(
        1.0, "gradient-norm clipping, over all parameters together", real=True, above=0.0, sane=1e6
    )
    schedule: str = setting("cosine", "learning-rate schedule", choices=SCHEDULES)
    patience: int = setting(
        3, "epochs without improvement before early stopping", least=1, sane=999_999
    )
    held_out: float = setting(
        0.1,
        "the part held out from training; with 0, all is learned by heart",
        real=True,
        least=0.0,
        most=0.9,
    )
    fold: int = setting(
        0,
        "which part of that size is held out: each song in one of them",
        least=0,
        most=10_000,
        since=True,
    )
    transpose: int = setting(
        0,
        "augmentation: the most semitones to transpose each tune, up or down",
        least=0,
        most=11,
    )


STREAM_MODEL: dict[str, Any] = {
    "window": 1,
    "input": "embedding",
    "embedding": 64,
    "units": 256,
    "dropout": 0.1,
}
"""Where a model of streams has other defaults than ModelConfig: it sees one symbol at a step."""


VIEWPOINTS: dict[int, dict[str, Any]] = {
    0: {
        "units": 128,
        "input_dropout": 0.3,
        "dropout": 0.5,
        "recurrent_dropout": 0.4,
        "batch": 16,
        "learning_rate": 3e-3,
        "epochs": 200,
        "patience": 20,
    },
    50_000: {
        "units": 256,
        "input_dropout": 0.1,
        "dropout": 0.2,
        "recurrent_dropout": 0.1,
        "batch": 32,
        "learning_rate": 3e-3,
        "epochs": 20,
        "patience": 2,
    },
}
"""From so many notes on, the defaults of a model of viewpoints. The fewer notes there are, the more
it is kept from learning them by heart."""


def viewpoint_defaults(notes: int) -> dict[str, Any]:
    """Those for so many notes."""
    return VIEWPOINTS[max(least for least in VIEWPOINTS if least <= notes)]


@dataclass(frozen=True, slots=True)
class SequenceConfig(Checked):
    """A network over whole sequences (``networks.sequence_network``)."""

    cell: str = setting("lstm", "the kind of recurrent cell", choices=CELLS)
    units: int = setting(32, "units in each recurrent layer", least=1, most=8192)
    layers: int = setting(1, "recurrent layers", least=1, most=16)
    window: int = setting(
        WINDOW, "window (context length), in notes or characters", least=1, most=MOST_WINDOW
    )
    embedding: int | None = setting(
        None, "width of learned vectors (default: one-hot)", least=1, most=8192
    )
    bidirectional: bool = setting(False, "read each sequence from both ends")
    dropout: float = setting(0.0, "dropout rate of the outputs", real=True, most=0.9)
    head: bool = setting(True, "a dense layer makes the logits; else the outputs are the logits")
    recurrent: str = setting("orthogonal", "initial recurrent weights", choices=RECURRENT)
    attention: str = setting("none", "how a decoder looks at its source", choices=ATTENTIONS)


@dataclass(frozen=True, slots=True)
class FitConfig(Checked):
    """How a network over whole sequences learns."""

    epochs: int = setting(500, "maximum number of epochs", least=1, sane=9_999_999)
    learning_rate: float = setting(1e-2, "Adam's step size", real=True, above=0.0, most=10.0)
    batch: int | None = setting(None, "batch size (default: all at once)", least=1, sane=65_536)
    clip: float | None = setting(
        None, "gradient-norm clipping, over all parameters together", real=True, above=0.0, sane=1e6
    )
    seed: int = setting(
        0,
        "random seed of the initial weights and of the order of the examples",
        least=0,
        sane=MOST_SEED,
    )
    early_stop: bool = setting(True, "stop when every example is correct and the loss below 0.01")


@dataclass(frozen=True, slots=True)
class EventConfig(Checked):
    """A network over events (``event_network``) and how it learns (``training.events``)."""

    units: int = setting(128, "units in the recurrent layer", least=1, most=8192)
    input_dropout: float = setting(0.2, "dropout rate of the inputs", real=True, most=0.9)
    dropout: float = setting(0.4, "dropout rate of the outputs", real=True, most=0.9)
    recurrent_dropout: float = setting(
        0.25, "dropout rate of the recurrent weights", real=True, most=0.9
    )
    steps: int = setting(
        1500, "maximum number of training steps, each on one batch", least=1, sane=999_999
    )
    batch: int = setting(16, "batch size, in sequences", least=1, sane=65_536)
    learning_rate: float = setting(4e-3, "Adam's step size", real=True, above=0.0, most=10.0)
    moves: int = setting(
        5, "augmentation: the most tokens to move a sequence, up or down", least=0, sane=99
    )
    averaging: float = setting(
        0.99, "decay of the moving average of the weights", real=True, most=0.9999
    )
    clip: float = setting(1.0, "gradient-norm clipping", real=True, above=0.0, sane=1e6)


@dataclass(frozen=True, slots=True)
class SampleConfig(Checked):
    """How notes are drawn from what the network expects."""

    temperature: float = setting(
        1.0,
        "below 1 safer, above 1 bolder; 0 always takes the likeliest note",
        real=True,
        least=0.0,
        sane=1e6,
    )
    top_k: int | None = setting(
        None, "draw only among the K likeliest tokens", least=1, sane=999_999
    )
    top_p: float | None = setting(
        None,
        "draw only among the likeliest tokens with a total probability of P",
        real=True,
        above=0.0,
        most=1.0,
    )
    beam: int | None = setting(
        None, "beam search of width K for the likeliest songs; nothing is drawn", least=1, most=1000
    )
    candidates: int | None = setting(
        None,
        "draw N songs for each, and take one by what whole songs weigh; by default as many as the "
        "run says where nothing is asked of a song, else 1",
        least=1,
        most=1000,
    )
    seed: int = setting(
        0, "random seed; the same seed gives the same songs", least=0, sane=MOST_SEED
    )


MOST_BARS = 256


@dataclass(frozen=True, slots=True)
class FormConfig(Checked):
    """What new songs keep to."""

    bars: int | None = setting(None, "the number of full bars", least=1, most=MOST_BARS)
    form: str | None = setting(
        None, "its phrases as letters, such as AABA, which come back; A' varied", text="LETTERS"
    )
    meter: str | None = setting(
        None, "the meter, such as 3/4, whose bar lines it keeps", text="METER"
    )
    key: str | None = setting(
        None, 'the key, such as "G major", whose scale it keeps to', text="KEY"
    )
    pickup: str | None = setting(
        None, "note values before the first full bar, such as 8 or 4+16", text="VALUES"
    )
    ties: bool = setting(False, "let notes sound across bar lines, tied")
    end: bool = setting(
        False,
        "end as people's songs do, on a long tonic that fills a bar, at --length at the latest",
    )
    max_copy: int | None = setting(
        None, "the most notes in a row from a training song, transposed or not", least=1, sane=9999
    )
    avoid_loops: bool = setting(False, "never fall into a loop")


_CONFIGS = (ModelConfig, TrainConfig, StreamConfig, SampleConfig, FormConfig)


First = TypeVar("First", bound=Checked)
Second = TypeVar("Second", bound=Checked)


@overload
def configure(settings: Mapping[str, Any], first: type[First], /) -> tuple[First]: ...


@overload
def configure(
    settings: Mapping[str, Any], first: type[First], second: type[Second], /
) -> tuple[First, Second]: ...


def configure(settings: Mapping[str, Any], *configs: type[Checked]) -> tuple[Checked, ...]:
    """One of each of ``configs``, made from the settings that bear its fields' names.

    Raises ConfigError for a name that none has and for a value out of its range.
    """
    names = [config.names() for config in configs]
    for name in settings:
        if not any(name in known for known in names):
            if any(name in config.__slots__ for config in _CONFIGS):
                raise ConfigError(f"--{name.replace('_', '-')} has no effect here; leave it out")
            raise ConfigError(
                f"unknown setting {name[:60]!r}{nearest(name[:60], set().union(*names))}"
            )
    return tuple(
        config(**{name: value for name, value in settings.items() if name in known})
        for config, known in zip(configs, names, strict=True)
    )


def cell_as_model(settings: Mapping[str, Any]) -> dict[str, Any]:
    """``settings``, where ``cell``, as lessons call it, is the model of that cell with its state.

    Raises ConfigError where there is no such cell, or a model is named as well.
    """
    named = dict(settings)
    if "cell" in named:
        cell = named.pop("cell")
        check("cell", cell, {"choices": CELLS})
        if "model" in named:
            raise ConfigError(f"--cell {cell} names the model, as --model does; leave one out")
        named["model"] = cell
    return named


def check_beam(settings: Mapping[str, Any], count: int) -> None:
    """Raise ConfigError where ``settings`` ask for a beam and for what it cannot do."""
    if (beam := settings.get("beam")) is None:
        return
    for name in ("temperature", "top_k", "top_p"):
        if name in settings:
            option = "--" + name.replace("_", "-")
            raise ConfigError(
                f"{option} has no effect with --beam, which draws nothing; leave it out"
            )
    if count > beam:
        raise ConfigError(f"--count {count} is more than --beam {beam} finds; give a wider beam")
