"""Settings that do not suit what is learned."""

from collections.abc import Sequence

from melodyrnn.errors import ConfigError
from melodyrnn.models.config import ModelConfig, StreamConfig, TrainConfig
from melodyrnn.models.model import Model
from melodyrnn.models.registry import MODELS
from melodyrnn.tasks.task import Settings

_STREAM_INPUTS = ("embedding", "onehot")
_OF_VIEWPOINTS = ("input_dropout", "recurrent_dropout")
_OF_NETWORKS = (
    "embedding",
    "tokenization",
    "input",
    "units",
    "layers",
    "dropout",
    "epochs",
    "learning_rate",
    "batch",
    "early_stop",
    "steps",
    "clip",
    "schedule",
    "patience",
)


def check_effect(models: Sequence[str], settings: Settings, *, windows: bool) -> None:
    """Raise ConfigError for a setting that none of ``models``, names, has a use for.

    ``windows``: whether songs are learned by heart, from windows of their notes. A model that there
    is not is passed over.
    """
    rows = [MODELS[name] for name in models if name in MODELS]
    if not rows:
        return
    for name, value in settings.items():
        carried = windows and name == "batch" and all(row.stateful for row in rows)
        if carried or not any(has_use(row, name) for row in rows):
            for config in (ModelConfig, TrainConfig, StreamConfig):
                if name in config.names():
                    config(**{name: value})  # what cannot be is said to be so first
            why = ", whose state is carried from window to window" if carried else ""
            raise ConfigError(
                f"--{name.replace('_', '-')} has no effect with --model {', '.join(models)}{why}; "
                "leave it out"
            )


def has_use(row: Model, setting: str) -> bool:
    """Whether what a model of ``row`` learns depends on ``setting``."""
    if setting in row.settings:
        return True
    if setting in _OF_VIEWPOINTS:
        return row.viewpoints
    if setting in _OF_NETWORKS:
        return row.learns_by_gradient
    return not any(setting in other.settings for other in MODELS.own)


def check_lookback(model: ModelConfig) -> None:
    """Raise ConfigError where a model that sees several tokens at once has no vectors for them."""
    if model.spec.lookback and model.input != "embedding":
        raise ConfigError(f"--model {model.model} needs --input embedding, not {model.input}")


def check_ensemble(model: ModelConfig) -> None:
    """Raise ConfigError where there would be several of what no seed changes."""
    if model.ensemble > 1 and not model.spec.draws_at_random:
        raise ConfigError(
            f"--ensemble has no effect with --model {model.model}, which learns the same from any "
            "seed; leave it out"
        )


def check_by_heart(model: ModelConfig) -> None:
    """Raise ConfigError where a model learns no songs by heart, from windows of their notes."""
    if model.spec.viewpoints:
        raise ConfigError(
            f"--model {model.model} learns several songs, without --window; "
            "for one song choose lstm or mlp"
        )


def check_viewpoints(settings: Settings) -> None:
    """Raise ConfigError for a setting that a model of viewpoints has no use for."""
    for name in ("input", "layers", "embedding", "tokenization", "steps", "schedule"):
        if name in settings:
            option = "--" + name.replace("_", "-")
            raise ConfigError(
                f"{option} has no effect with --model viewpoints; leave it out, or choose another "
                "--model, such as lstm"
            )


def check_stream(model: ModelConfig, what: str, able: tuple[str, ...] = ()) -> None:
    """Raise ConfigError where a model cannot learn a stream of ``what``: tunes, or text.

    ``able`` are the models that can, by default all that see a whole sequence.
    """
    able = able or tuple(MODELS.having(lambda row: row.sees_whole_songs))
    if model.model not in able:
        raise ConfigError(
            f"--model {model.model} learns no stream; for {what} choose from {', '.join(able)}"
        )
    if model.window != 1 or model.input not in _STREAM_INPUTS:
        inputs = " or ".join(_STREAM_INPUTS)
        raise ConfigError(f"a stream of {what} has --window 1 and --input {inputs}")
