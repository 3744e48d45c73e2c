"""What some commands need beside the rest, and the extra of this package that brings it."""

from importlib.util import find_spec

from melodyrnn.errors import ConfigError

EXTRAS = {
    "cluster": ("--cluster", ("distributed",)),
    "human": ("--against", ("sklearn",)),
    "onnx": ("--to model.onnx", ("onnx",)),
    "studio": ("the studio", ("starlette", "uvicorn")),
    "tensorboard": ("--tensorboard", ("tensorboard",)),
}
"""An extra -> what needs it, and the packages that it must be able to import."""


def require_extra(extra: str) -> None:
    """Raise ConfigError where a package of it is not here. None is imported."""
    what, packages = EXTRAS[extra]
    if all(find_spec(package) for package in packages):
        return
    missing = "a package that is" if len(packages) == 1 else "packages that are"
    raise ConfigError(f"{what} needs {missing} not here; pip install 'melodyrnn[{extra}]'")
