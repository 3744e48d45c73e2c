"""What can be set, each default once; the table of models. Imports neither Keras nor numpy.

The command line builds its options from these classes, so that a default, its range and its
explanation stand here alone.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from difflib import get_close_matches
from math import isfinite
from typing import Any, Self

from melodyrnn.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One row of the table of models."""

    about: str
    cell: str = ""  # a name of cells.CELLS; "" for dense layers
    counted: bool = False  # counts instead of a network: a name of counted.COUNTED
    settings: tuple[str, ...] = ()  # fields of ModelConfig that its counting asks for
    stateful: bool = False  # whether the state is carried from window to window
    layers: int = 1  # default depth
    batch: int = 1  # windows a step


CELLS: dict[str, str] = {
    "lstm": "long short-term memory",
    "gru": "gated recurrent unit",
    "rnn": "simple recurrent network",
    "peephole": "LSTM whose gates see the cell's state",
    "peephole-full": "the same, each gate seeing the state of every unit",
    "coupled": "LSTM that forgets just what it replaces",
}
"""Name -> what a recurrent layer is made of; ``cells.CELLS`` has their layers and equations."""

MODELS: dict[str, ModelSpec] = {
    **{
        cell: ModelSpec(about=f"{about}, state carried all along", cell=cell, stateful=True)
        for cell, about in CELLS.items()
    },
    **{
        f"{cell}-stateless": ModelSpec(
            about=f"{cell} that forgets at each window", cell=cell, batch=14
        )
        for cell in CELLS
    },
    "mlp": ModelSpec(about="multilayer perceptron, sees its window only", layers=2, batch=10),
    "ngram": ModelSpec(about="counts what followed each window; no network", counted=True),
    "ppm": ModelSpec(
        about="counts what followed runs of any length; no network",
        counted=True,
        settings=(
            "order",
            "escape",
            "exclusion",
            "update_exclusion",
            "blending",
            "memory",
            "bias",
            "mean",
        ),
    ),
    "repeat": ModelSpec(about="expects the last note again; no network", counted=True),
}
"""Name -> what it is. Batches are those of the course that the project grew from."""

MOST_WINDOW = 1024

NETWORKS = tuple(name for name, spec in MODELS.items() if not spec.counted)
"""The models that learn by gradient."""

INPUTS: dict[str, str] = {
    "index": "each code's index divided by the largest",
    "onehot": "a 1 in the place of the code, 0 elsewhere",
    "embedding": "a learned vector for each code",
    "features": "two attributes a step, pitch and duration",
}

ESCAPES: dict[str, str] = {
    "a": "as if one more had followed",
    "b": "the kinds that followed, each counted from its second time on",
    "c": "the kinds that followed",
    "d": "half of the kinds, taken off their counts",
    "x": "the kinds that followed once, and one",
}
"""What a context keeps for what never followed it: a name of ppm.ESCAPES."""

BLENDINGS: dict[str, str] = {
    "interpolated": "all contexts have their say, the longer the more",
    "backoff": "of each code, the longest context that foretells it",
}

MEMORIES: dict[str, str] = {
    "ltm": "long-term: what the songs learned have taught",
    "ltm+": "the same, and it goes on learning from the song that it hears",
    "stm": "short-term: what the song itself has taught so far",
    "both": "ltm and stm, combined",
    "both+": "ltm+ and stm, combined",
}

MEANS: dict[str, str] = {
    "geometric": "what one model all but rules out stays out",
    "arithmetic": "what one model expects stays in",
}


TOKENS: dict[str, str] = {
    "joint": "each code has a vector of its own",
    "factored": "a code is its pitch and its duration, in what is seen and in what is told",
}


def _setting(default: Any, about: str, **limits: Any) -> Any:
    return field(default=default, metadata={"about": about, **limits})


class _Checked:
    """A configuration that checks its limits when made and goes to JSON and back."""

    __slots__ = ()

    def __post_init__(self) -> None:
        for setting in fields(self):  # type: ignore[arg-type]  # subclasses are dataclasses
            value = getattr(self, setting.name)
            if value is not None or setting.default is not None:
                check(setting.name, value, setting.metadata | {"switch": setting.type is bool})

    def to_json(self) -> dict[str, Any]:
        return asdict(self)  # type: ignore[call-overload,no-any-return]  # as above

    @classmethod
    def from_json(cls, document: Any) -> Self:
        """Raises ConfigError where ``document`` has not the fields of this configuration."""
        names = {setting.name for setting in fields(cls)}  # type: ignore[arg-type]  # as above
        if not isinstance(document, dict) or set(document) != names:
            raise ConfigError(f"{cls.__name__} has the fields {', '.join(sorted(names))}")
        return cls(**document)


@dataclass(frozen=True, slots=True)
class ModelConfig(_Checked):
    """What the network is."""

    model: str = _setting("lstm", "the kind of network", choices=MODELS)
    input: str = _setting("index", "how a code enters; several songs: embedding", choices=INPUTS)
    window: int = _setting(4, "codes the network sees at a step", least=1, most=MOST_WINDOW)
    units: int = _setting(128, "units in each hidden layer", least=1, most=8192)
    layers: int | None = _setting(None, "hidden layers (default: 1, mlp 2)", least=1, most=16)
    embedding: int = _setting(32, "width of the learned vectors of --input embedding", least=1)
    tokens: str = _setting("joint", "what learned vectors stand for", choices=TOKENS)
    dropout: float = _setting(
        0.0, "part of each hidden layer's outputs left out in training", real=True, most=0.95
    )
    order: int | None = _setting(
        None, "ppm: codes in the longest context (default: any number, PPM*)", least=0
    )
    escape: str = _setting("c", "ppm: how much is kept for what is new", choices=ESCAPES)
    exclusion: bool = _setting(True, "ppm: what a longer context foretells, a shorter leaves out")
    update_exclusion: bool = _setting(False, "ppm: a context counts only what no longer one knew")
    blending: str = _setting("interpolated", "ppm: how contexts combine", choices=BLENDINGS)
    memory: str = _setting("ltm", "ppm: what it learns from", choices=MEMORIES)
    bias: float = _setting(
        2.0, "ppm: with two memories, how much more the surer counts", real=True, least=0.0
    )
    mean: str = _setting("geometric", "ppm: how two memories combine", choices=MEANS)

    @property
    def spec(self) -> ModelSpec:
        return MODELS[self.model]

    @property
    def depth(self) -> int:
        """Hidden layers."""
        return self.layers or self.spec.layers


@dataclass(frozen=True, slots=True)
class TrainConfig(_Checked):
    """How it learns."""

    epochs: int = _setting(2000, "the most times through all songs", least=1)
    learning_rate: float = _setting(1e-3, "Adam's step size", real=True, above=0.0, most=10.0)
    batch: int | None = _setting(None, "windows a step where no state is carried", least=1)
    seed: int = _setting(0, "makes the first weights; the same seed, the same run", least=0)
    early_stop: bool = _setting(True, "stop when every song comes back right")


SCHEDULES: dict[str, str] = {
    "constant": "the same step size all along",
    "cosine": "a step size that falls to 0 along half a cosine (Loshchilov and Hutter 2017)",
}


@dataclass(frozen=True, slots=True)
class StreamConfig(_Checked):
    """How it learns from a stream: a text, or many tunes one after another."""

    epochs: int = _setting(30, "the most times through all of it", least=1)
    learning_rate: float = _setting(2e-3, "Adam's step size", real=True, above=0.0, most=10.0)
    batch: int = _setting(32, "places at which it is read at once, at most", least=1)
    seed: int = _setting(0, "makes the first weights; the same seed, the same run", least=0)
    early_stop: bool = _setting(True, "stop when what is held out is told no better any more")
    steps: int = _setting(64, "steps through which errors flow back", least=1, most=4096)
    clip: float | None = _setting(
        1.0, "the longest gradient, over all weights together", real=True, above=0.0
    )
    schedule: str = _setting("cosine", "how the step size goes on", choices=SCHEDULES)
    patience: int = _setting(3, "epochs without gain after which early stop ends it", least=1)
    held_out: float = _setting(
        0.1, "the part kept from training; 0 learns all by heart", real=True, least=0.0, most=0.9
    )
    transpose: int = _setting(
        0, "hear each tune moved by up to so many semitones, up or down", least=0, most=11
    )


STREAM_MODEL: dict[str, Any] = {
    "window": 1,
    "input": "embedding",
    "embedding": 64,
    "units": 256,
    "dropout": 0.1,
}
"""Where a model of streams has other defaults than ModelConfig: it sees one symbol at a step."""

ATTENTIONS: dict[str, str] = {
    "none": "the decoder has the encoder's last state only",
    "additive": "a small network scores each step of the source (Bahdanau et al. 2015)",
    "dot": "the product of the two outputs scores it (Luong et al. 2015)",
}


RECURRENT: dict[str, str] = {
    "orthogonal": "they turn the state and leave its length (Saxe et al. 2014)",
    "glorot": "each drawn for itself, as those of the inputs (Glorot and Bengio 2010)",
}


@dataclass(frozen=True, slots=True)
class SequenceConfig(_Checked):
    """A network over whole sequences (``sequence_models``)."""

    cell: str = _setting("lstm", "the kind of recurrent cell", choices=CELLS)
    units: int = _setting(32, "units in each recurrent layer", least=1, most=8192)
    layers: int = _setting(1, "recurrent layers", least=1, most=16)
    embedding: int | None = _setting(None, "width of learned vectors (default: one-hot)", least=1)
    bidirectional: bool = _setting(False, "read each sequence from both ends")
    dropout: float = _setting(0.0, "part of the outputs hidden in training", real=True, most=0.9)
    head: bool = _setting(True, "a dense layer makes the logits; else the outputs are the logits")
    recurrent: str = _setting("orthogonal", "first weights from step to step", choices=RECURRENT)
    attention: str = _setting("none", "how a decoder looks at its source", choices=ATTENTIONS)


@dataclass(frozen=True, slots=True)
class FitConfig(_Checked):
    """How a network over whole sequences learns (``fitting``)."""

    epochs: int = _setting(500, "the most times through all examples", least=1)
    learning_rate: float = _setting(1e-2, "Adam's step size", real=True, above=0.0, most=10.0)
    batch: int | None = _setting(None, "examples a step (default: all at once)", least=1)
    clip: float | None = _setting(
        None, "the longest gradient, over all weights together", real=True, above=0.0
    )
    seed: int = _setting(0, "makes the first weights and the order of the examples", least=0)
    early_stop: bool = _setting(True, "stop when every example is right and the loss below 0.01")


@dataclass(frozen=True, slots=True)
class EventConfig(_Checked):
    """A network over events (``event_models``) and how it learns (``event_training``)."""

    units: int = _setting(128, "units in the recurrent layer", least=1, most=8192)
    input_dropout: float = _setting(
        0.2, "part of what it sees hidden in training", real=True, most=0.9
    )
    dropout: float = _setting(0.4, "part of the outputs hidden in training", real=True, most=0.9)
    recurrent_dropout: float = _setting(
        0.25, "part of the recurrent weights left out of a step", real=True, most=0.9
    )
    steps: int = _setting(1500, "the most steps of learning, each on one batch", least=1)
    batch: int = _setting(16, "sequences a step", least=1)
    learning_rate: float = _setting(4e-3, "Adam's step size", real=True, above=0.0, most=10.0)
    moves: int = _setting(5, "codes by which a sequence is moved at most, up or down", least=0)
    averaging: float = _setting(
        0.99, "how slowly the average of the weights follows them", real=True, most=0.9999
    )
    clip: float = _setting(1.0, "the longest gradient", real=True, above=0.0)


@dataclass(frozen=True, slots=True)
class SampleConfig(_Checked):
    """How notes are drawn from what the network expects."""

    temperature: float = _setting(
        1.0, "below 1 safer, above 1 bolder, 0 always the likeliest note", real=True, least=0.0
    )
    top_k: int | None = _setting(None, "draw among the K likeliest codes only", least=1)
    top_p: float | None = _setting(
        None,
        "draw among the likeliest codes that hold P of the probability",
        real=True,
        above=0.0,
        most=1.0,
    )
    beam: int | None = _setting(
        None, "not drawn: the likeliest songs, searched for among K beginnings", least=1, most=1000
    )
    seed: int = _setting(0, "the same seed, the same songs", least=0)


MOST_BARS = 256


@dataclass(frozen=True, slots=True)
class FormConfig(_Checked):
    """What new songs keep to."""

    bars: int | None = _setting(None, "so many full bars", least=1, most=MOST_BARS)
    meter: str | None = _setting(
        None, "the meter, such as 3/4, whose bar lines it keeps", text="METER"
    )
    key: str | None = _setting(
        None, 'the key, such as "G major", whose scale it keeps to', text="KEY"
    )
    pickup: str | None = _setting(
        None, "note values before the first full bar, such as 8 or 4+16", text="VALUES"
    )
    ties: bool = _setting(False, "let notes sound across bar lines, tied")
    end: bool = _setting(False, "end on the tonic and with a full bar, after --length at most")
    max_copy: int | None = _setting(
        None, "at most so many notes in a row of a training song, transposed or not", least=1
    )
    avoid_loops: bool = _setting(False, "never go round and round")


_CONFIGS = (ModelConfig, TrainConfig, StreamConfig, SampleConfig, FormConfig)


def configure(settings: Mapping[str, Any], *configs: type) -> list[Any]:
    """One of each of ``configs``, made from the settings that bear its fields' names.

    Raises ConfigError for a name that none has and for a value out of its range.
    """
    names = [{setting.name for setting in fields(config)} for config in configs]
    for name in settings:
        if not any(name in known for known in names):
            if any(name in config.__slots__ for config in _CONFIGS):
                raise ConfigError(f"--{name.replace('_', '-')} is of no use here; leave it out")
            raise ConfigError(f"unknown setting {name!r}{nearest(name, set().union(*names))}")
    return [
        config(**{name: value for name, value in settings.items() if name in known})
        for config, known in zip(configs, names, strict=True)
    ]


def check(name: str, value: Any, limits: Any) -> None:
    """Raise ConfigError, naming the setting, its value and its range, where it is outside."""
    option = "--" + name.replace("_", "-")
    if choices := limits.get("choices"):
        if value not in list(choices):
            raise ConfigError(
                f"{option} {value!r} is unknown{nearest(value, choices)}; "
                f"choose from {', '.join(choices)}"
            )
        return
    if limits.get("switch"):
        if not isinstance(value, bool):
            raise ConfigError(f"{option} {value!r} is neither True nor False")
        return
    if limits.get("text"):
        if not isinstance(value, str):
            raise ConfigError(f"{option} {value!r} is no text")
        return
    kinds = (int, float) if limits.get("real") else int
    number = isinstance(value, kinds) and not isinstance(value, bool) and isfinite(value)
    least, above, most = (limits.get(limit) for limit in ("least", "above", "most"))
    too_small = number and (
        (least is not None and value < least) or (above is not None and value <= above)
    )
    if not number or too_small or (most is not None and value > most):
        kind = "a number" if limits.get("real") else "a whole number"
        low = f"at least {least or 0:g}" if above is None else f"greater than {above:g}"
        high = f" and at most {most:g}" if most is not None else ""
        raise ConfigError(f"{option} {value!r} is out of range; it must be {kind} {low}{high}")


def check_beam(settings: Mapping[str, Any], count: int) -> None:
    """Raise ConfigError where ``settings`` ask for a beam and for what it cannot do."""
    if (beam := settings.get("beam")) is None:
        return
    for name in ("temperature", "top_k", "top_p"):
        if name in settings:
            option = "--" + name.replace("_", "-")
            raise ConfigError(
                f"{option} is of no use with --beam, which draws nothing; leave it out"
            )
    if count > beam:
        raise ConfigError(f"--count {count} is more than --beam {beam} finds; give a wider beam")


def nearest(name: object, names: Any) -> str:
    """``; did you mean 'lstm'?`` or nothing."""
    close = get_close_matches(str(name), list(names), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
