"""The tables of models, of cells and of all else that is chosen by name. Imports no library.

Name -> what it is, in the words of the help.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One row of the table of models."""

    about: str
    cell: str = ""  # a name of cells.CELLS; "" for dense layers
    counted: bool = False  # counts instead of a network: a name of counted.COUNTED
    settings: tuple[str, ...] = ()  # fields of ModelConfig that its counting asks for
    stateful: bool = False  # whether the state is carried from window to window
    lookback: bool = False  # sees each code with its columns (``models.bar_columns``)
    unbounded: bool = False  # hears all that came before, without carrying a state
    layers: int = 1  # default depth
    batch: int = 1  # windows a step

    @property
    def hears_all(self) -> bool:
        """Whether it hears a song from its start, so that it needs no window."""
        return self.stateful or self.unbounded


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
    "attention": ModelSpec(
        about="LSTM that attends over its last 40 outputs, state carried all along",
        cell="attention",
        stateful=True,
    ),
    "lookback": ModelSpec(
        about="LSTM that also sees what stood one and two bars ago, state carried",
        cell="lstm",
        stateful=True,
        lookback=True,
    ),
    "mlp": ModelSpec(about="multilayer perceptron, sees its window only", layers=2, batch=10),
    "ngram": ModelSpec(about="counts what followed each window; no network", counted=True),
    "ppm": ModelSpec(
        about="counts what followed runs of any length; no network",
        counted=True,
        unbounded=True,
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

WINDOW = 4
"""Codes at a step, as in that course."""

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

SCHEDULES: dict[str, str] = {
    "constant": "the same step size all along",
    "cosine": "a step size that falls to 0 along half a cosine (Loshchilov and Hutter 2017)",
}

ATTENTIONS: dict[str, str] = {
    "none": "the decoder has the encoder's last state only",
    "additive": "a small network scores each step of the source (Bahdanau et al. 2015)",
    "dot": "the product of the two outputs scores it (Luong et al. 2015)",
}

RECURRENT: dict[str, str] = {
    "orthogonal": "they turn the state and leave its length (Saxe et al. 2014)",
    "glorot": "each drawn for itself, as those of the inputs (Glorot and Bengio 2010)",
}
