"""What a run can be exported as."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from melodyrnn.errors import ConfigError
from melodyrnn.export.refusals import (
    COUNTED,
    FOREIGN_CELL,
    NO_STOCK_CELL,
    NO_STOCK_POINTER,
    Refusal,
)
from melodyrnn.models.settings import nearest

if TYPE_CHECKING:
    from melodyrnn.runs.run import Run


@dataclass(frozen=True)
class ExportKind:
    """One row of the table: ``made(run)`` is the content of the file, made by a function that is
    named "module:function" and imported when it is called.
    """

    name: str
    suffix: str
    about: str  # in the help
    function: str
    refuses: tuple[Refusal, ...]
    options: tuple[str, ...] = ()  # what its function takes beside the run

    def made(self, run: "Run", **options: Any) -> bytes:
        """Raises MelodyError, with the reason, for a run that it cannot hold."""
        config = run.record.model
        for refusal in self.refuses:
            if refusal.applies(config):
                why = refusal.why.format(model=config.model, cell=config.spec.cell)
                raise ConfigError(f"{run.path}: {why}")
        for name in options:
            if name not in self.options:
                raise ConfigError(f"--{name} has no effect on {self.suffix}; leave it out")
        module, _, function = self.function.partition(":")
        make: Callable[..., bytes] = getattr(import_module(module), function)
        return make(run, **options)


KINDS = (
    ExportKind(
        "page",
        ".html",
        "a page in which the network plays",
        "melodyrnn.export.html:page",
        (COUNTED, FOREIGN_CELL),
        ("title", "instrument"),
    ),
    ExportKind(
        "keras",
        ".keras",
        "a Keras model of stock layers only",
        "melodyrnn.export.keras_network:keras_file",
        (COUNTED, NO_STOCK_CELL, NO_STOCK_POINTER),
    ),
    ExportKind(
        "onnx",
        ".onnx",
        "an ONNX graph of one step",
        "melodyrnn.export.onnx_network:onnx_file",
        (COUNTED,),
    ),
    ExportKind(
        "json",
        ".json",
        "weights, vocabulary and settings, to be played by any program",
        "melodyrnn.export.document:json_file",
        (COUNTED, FOREIGN_CELL),
    ),
)


def target(to: str | Path, run_name: str) -> tuple[ExportKind, Path]:
    """The kind that ``to`` asks for, by its name or by the suffix of a file, and the file to write:
    that one, or one named as the run. Raises ConfigError for what is neither.
    """
    for kind in KINDS:
        if str(to) == kind.name:
            return kind, Path(run_name + kind.suffix)
        if Path(to).suffix.lower() == kind.suffix:
            return kind, Path(to)
    known = [*(kind.suffix for kind in KINDS), *(kind.name for kind in KINDS)]
    meant = nearest(Path(to).suffix or str(to), known) or ";"
    raise ConfigError(f"--to {str(to)[:60]}: no such kind of export{meant} kinds are {listed()}")


def listed() -> str:
    """``page (.html)`` and so on."""
    return ", ".join(f"{kind.name} ({kind.suffix})" for kind in KINDS)
