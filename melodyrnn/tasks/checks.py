"""Settings that do not suit what is learned."""

from melodyrnn.errors import ConfigError
from melodyrnn.models.config import ModelConfig
from melodyrnn.models.registry import MODELS
from melodyrnn.tasks.task import Settings

_STREAM_INPUTS = ("embedding", "onehot")


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
