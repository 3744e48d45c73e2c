"""The registry of models and of cells, and the tables of all else that is chosen by name.

Imports no library: what a row names as ``"module:function"`` is imported when it is used. Other
packages add rows by entry points of the groups ``melodyrnn.models`` and ``melodyrnn.cells``; see
``melodyrnn.plugins``. An entry point of ``melodyrnn.models`` names

- a ``Model``, such as ``NgramModel(about="…", title="…", predictor="package.module:make")``, or
- a function ``make(sequences, window, vocabulary_size, **settings) -> Predictor`` itself, whose
  first line of documentation is what the help says.

One of ``melodyrnn.cells`` names a ``Cell`` (see ``models.recurrent.cells``) and so adds the models
CELL and CELL-stateless.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, cast

from melodyrnn.errors import PluginError
from melodyrnn.models.model import Maker, Model, NetworkModel, NgramModel, ViewpointModel
from melodyrnn.models.recurrent import cells
from melodyrnn.models.recurrent.cells import Cell
from melodyrnn.plugins import Loader, PluginTable, found, load

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint


CELLS = cells.CELLS.where(lambda cell: cell.general)
"""Name -> what a recurrent layer is made of, wherever a cell can be chosen."""


def _stateful(cell: Cell) -> Model:
    about = f"{cell.about}, state carried all along"
    return NetworkModel(
        name=cell.name, about=about, title=f"the {cell.title}", cell=cell.name, stateful=True
    )


def _stateless(cell: Cell) -> Model:
    return NetworkModel(
        name=f"{cell.name}-stateless",
        about=f"{cell.name} that forgets at each window",
        title=f"the {cell.title} that forgets",
        cell=cell.name,
        batch=14,
    )


def _models_of_others() -> dict[str, Loader[Model]]:
    """Those of the cells, then those of the models."""
    rows: dict[str, Loader[Model]] = {}
    for name in cells.CELLS.added:
        rows[name] = partial(_of_cell, name, _stateful)
        rows[f"{name}-stateless"] = partial(_of_cell, name, _stateless)
    for name, point in found("melodyrnn.models").items():
        rows.setdefault(name, partial(_model, point))
    return rows


def _of_cell(name: str, make: Callable[[Cell], Model]) -> Model:
    return make(cells.CELLS[name])


def _model(point: "EntryPoint") -> Model:
    row = load(point, "model")
    if isinstance(row, Model):
        return replace(row, name=point.name)
    if not callable(row):
        raise PluginError(
            f"model {point.name!r}: {point.value} is neither a Model nor a function that makes one"
        )
    about = (row.__doc__ or f"of {point.value}").strip().partition("\n")[0].rstrip(".")
    return NgramModel(name=point.name, about=about, predictor=cast("Maker", row))


_OWN = [cell for cell in cells.CELLS.own if cell.general]

MODELS: PluginTable[Model] = PluginTable(
    "model",
    (
        *map(_stateful, _OWN),
        *map(_stateless, _OWN),
        NetworkModel(
            name="attention",
            about="LSTM that attends over its last 40 outputs, state carried all along",
            title="the LSTM with attention",
            cell="attention",
            stateful=True,
        ),
        NetworkModel(
            name="lookback",
            about="LSTM that also sees what stood one and two bars ago, state carried",
            title="the LSTM that looks back",
            cell="lstm",
            stateful=True,
            lookback=True,
        ),
        NetworkModel(
            name="mlp",
            about="multilayer perceptron, sees its window only",
            title="the MLP",
            layers=2,
            batch=10,
        ),
        NgramModel(
            name="ngram",
            about="interpolated n-gram model of the window's length; no network",
            title="the n-gram model",
            predictor="melodyrnn.models.ngrams.ngram:Ngram",
        ),
        NgramModel(
            name="ppm",
            about="variable-order Markov model (PPM); no network",
            title="the variable-order Markov model",
            predictor="melodyrnn.models.ngrams.ppm_ensemble:ppm",
            whole_songs=True,
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
        ViewpointModel(
            name="viewpoints",
            about="LSTM that predicts duration, then pitch, and recalls what came before; tunes",
            title="the network of viewpoints",
        ),
        NgramModel(
            name="repeat",
            about="predicts the last note again; no network",
            title="repeating the last note",
            predictor="melodyrnn.models.ngrams.ngram:Repeat",
        ),
    ),
    _models_of_others,
)
"""Name -> what it is. Batches are those of the course that the project grew from."""

WINDOW = 4
"""Tokens at a step, as in that course."""

MOST_WINDOW = 1024

INPUTS: dict[str, str] = {
    "index": "each token's index divided by the largest",
    "onehot": "a 1 at the token's index, 0 elsewhere",
    "embedding": "a learned vector for each token",
    "features": "two attributes of each token, pitch and duration",
}

ESCAPES: dict[str, str] = {
    "a": "one count",
    "b": "one count per token that followed, whose first time is not counted",
    "c": "one count per token that followed",
    "d": "half a count per token that followed, taken off the counts",
    "x": "one count, and one per token that followed once",
}
"""What a context keeps for what never followed it: a name of ppm.ESCAPES."""

BLENDINGS: dict[str, str] = {
    "interpolated": "a mean over all contexts, longer ones with more weight",
    "backoff": "for each token, the longest context that it followed",
}

MEMORIES: dict[str, str] = {
    "ltm": "long-term: learned from the training set",
    "ltm+": "the same, and it goes on learning from the song it predicts",
    "stm": "short-term: learned from the song itself so far",
    "both": "ltm and stm, combined",
    "both+": "ltm+ and stm, combined",
}

MEANS: dict[str, str] = {
    "geometric": "a token that one model all but excludes stays excluded",
    "arithmetic": "a token that one model expects stays likely",
}

TOKENIZATIONS: dict[str, str] = {
    "joint": "each token has a vector of its own",
    "factored": "a token is its pitch and its duration, in the input and in the prediction",
}

SCHEDULES: dict[str, str] = {
    "constant": "a constant step size",
    "cosine": "a step size that falls to 0 along half a cosine (Loshchilov and Hutter 2017)",
}

ATTENTIONS: dict[str, str] = {
    "none": "the decoder has the encoder's last state only",
    "additive": "a small network scores each step of the source (Bahdanau et al. 2015)",
    "dot": "the product of the two outputs scores it (Luong et al. 2015)",
}

RECURRENT: dict[str, str] = {
    "orthogonal": "an orthogonal matrix, which keeps the state's length (Saxe et al. 2014)",
    "glorot": "drawn independently, as those of the inputs (Glorot and Bengio 2010)",
}
