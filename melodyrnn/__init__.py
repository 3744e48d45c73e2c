"""Learn from melodies, make new ones, and see honestly how good a model is.

The public names are fetched when they are first used (PEP 562), so that ``import melodyrnn``
costs nothing and a song can be read without TensorFlow. A type checker and an editor see them as
plain imports. A name is added by a line in each of the two lists, which a test holds together.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from melodyrnn.data.gather import gather as gather
    from melodyrnn.data.read_song import read_song as read_song
    from melodyrnn.errors import ConfigError as ConfigError
    from melodyrnn.errors import ConstraintError as ConstraintError
    from melodyrnn.errors import FileError as FileError
    from melodyrnn.errors import MelodyError as MelodyError
    from melodyrnn.errors import MelodyWarning as MelodyWarning
    from melodyrnn.errors import MidiError as MidiError
    from melodyrnn.errors import NotationError as NotationError
    from melodyrnn.errors import PluginError as PluginError
    from melodyrnn.errors import RenderError as RenderError
    from melodyrnn.errors import RunError as RunError
    from melodyrnn.errors import ScoreError as ScoreError
    from melodyrnn.errors import VocabularyError as VocabularyError
    from melodyrnn.errors import WindowError as WindowError
    from melodyrnn.evaluation.generated import GeneratedFigures as GeneratedFigures
    from melodyrnn.evaluation.hidden_states import HiddenStates as HiddenStates
    from melodyrnn.evaluation.human.result import HumanLikeness as HumanLikeness
    from melodyrnn.evaluation.result import EvaluateResult as EvaluateResult
    from melodyrnn.experiments.benchmark.benchmark import BenchmarkResult as BenchmarkResult
    from melodyrnn.experiments.benchmark.benchmark import benchmark as benchmark
    from melodyrnn.experiments.comparison.compare import CompareResult as CompareResult
    from melodyrnn.experiments.comparison.compare import compare as compare
    from melodyrnn.experiments.sweep.sweep import SweepResult as SweepResult
    from melodyrnn.experiments.sweep.sweep import sweep as sweep
    from melodyrnn.formats.format import Format as Format
    from melodyrnn.formats.read import Corpus as Corpus
    from melodyrnn.lessons.run_lesson import run_lesson as run_lesson
    from melodyrnn.models.config import FormConfig as FormConfig
    from melodyrnn.models.config import ModelConfig as ModelConfig
    from melodyrnn.models.config import SampleConfig as SampleConfig
    from melodyrnn.models.config import StreamConfig as StreamConfig
    from melodyrnn.models.config import TrainConfig as TrainConfig
    from melodyrnn.music.notation.text import format as format  # noqa: A004 - its counterpart is parse
    from melodyrnn.music.notation.text import parse as parse
    from melodyrnn.music.playing import Playing as Playing
    from melodyrnn.music.song import Key as Key
    from melodyrnn.music.song import Meter as Meter
    from melodyrnn.music.song import Note as Note
    from melodyrnn.music.song import Pitch as Pitch
    from melodyrnn.music.song import Song as Song
    from melodyrnn.render.write import write_song as write_song
    from melodyrnn.runs.run import Run as Run
    from melodyrnn.runs.run import open_run as open_run
    from melodyrnn.system.attended import show_progress as show_progress
    from melodyrnn.workflows.evaluate import evaluate as evaluate
    from melodyrnn.workflows.evaluate import evaluate_against as evaluate_against
    from melodyrnn.workflows.evaluate import evaluate_generated as evaluate_generated
    from melodyrnn.workflows.evaluate import hidden_states as hidden_states
    from melodyrnn.workflows.export import ExportResult as ExportResult
    from melodyrnn.workflows.export import export_run as export_run
    from melodyrnn.workflows.generate import GenerateResult as GenerateResult
    from melodyrnn.workflows.generate import generate as generate
    from melodyrnn.workflows.inspect import InspectResult as InspectResult
    from melodyrnn.workflows.inspect import InspectRunResult as InspectRunResult
    from melodyrnn.workflows.inspect import inspect as inspect
    from melodyrnn.workflows.inspect import inspect_run as inspect_run
    from melodyrnn.workflows.predict import PredictResult as PredictResult
    from melodyrnn.workflows.predict import predict as predict
    from melodyrnn.workflows.reproduce import ReproduceResult as ReproduceResult
    from melodyrnn.workflows.reproduce import reproduce as reproduce
    from melodyrnn.workflows.train import TrainResult as TrainResult
    from melodyrnn.workflows.train import train as train
    from melodyrnn.workflows.train import train_text as train_text

    __version__: str

_HOME = {
    "BenchmarkResult": "experiments.benchmark.benchmark",
    "CompareResult": "experiments.comparison.compare",
    "ConfigError": "errors",
    "ConstraintError": "errors",
    "Corpus": "formats.read",
    "EvaluateResult": "evaluation.result",
    "ExportResult": "workflows.export",
    "FileError": "errors",
    "FormConfig": "models.config",
    "Format": "formats.format",
    "GenerateResult": "workflows.generate",
    "GeneratedFigures": "evaluation.generated",
    "HiddenStates": "evaluation.hidden_states",
    "HumanLikeness": "evaluation.human.result",
    "InspectResult": "workflows.inspect",
    "InspectRunResult": "workflows.inspect",
    "Key": "music.song",
    "MelodyError": "errors",
    "MelodyWarning": "errors",
    "Meter": "music.song",
    "MidiError": "errors",
    "ModelConfig": "models.config",
    "NotationError": "errors",
    "Note": "music.song",
    "Pitch": "music.song",
    "Playing": "music.playing",
    "PluginError": "errors",
    "PredictResult": "workflows.predict",
    "RenderError": "errors",
    "ReproduceResult": "workflows.reproduce",
    "Run": "runs.run",
    "RunError": "errors",
    "SampleConfig": "models.config",
    "ScoreError": "errors",
    "Song": "music.song",
    "StreamConfig": "models.config",
    "SweepResult": "experiments.sweep.sweep",
    "TrainConfig": "models.config",
    "TrainResult": "workflows.train",
    "VocabularyError": "errors",
    "WindowError": "errors",
    "benchmark": "experiments.benchmark.benchmark",
    "compare": "experiments.comparison.compare",
    "evaluate": "workflows.evaluate",
    "evaluate_against": "workflows.evaluate",
    "evaluate_generated": "workflows.evaluate",
    "export_run": "workflows.export",
    "format": "music.notation.text",
    "gather": "data.gather",
    "generate": "workflows.generate",
    "hidden_states": "workflows.evaluate",
    "inspect": "workflows.inspect",
    "inspect_run": "workflows.inspect",
    "open_run": "runs.run",
    "parse": "music.notation.text",
    "predict": "workflows.predict",
    "read_song": "data.read_song",
    "reproduce": "workflows.reproduce",
    "run_lesson": "lessons.run_lesson",
    "show_progress": "system.attended",
    "sweep": "experiments.sweep.sweep",
    "train": "workflows.train",
    "train_text": "workflows.train",
    "write_song": "render.write",
}
"""Public name -> the module that holds it."""

__all__ = sorted(_HOME)

if not TYPE_CHECKING:  # a type checker would take it that the package has every name

    def __getattr__(name):
        if name == "__version__":
            value = _version()
        elif name in _HOME:
            value = getattr(import_module(f"melodyrnn.{_HOME[name]}"), name)
        else:
            raise AttributeError(f"module 'melodyrnn' has no attribute {name!r}")
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def _version() -> str:
    """Of what is installed; a mere folder of sources has none."""
    from importlib.metadata import PackageNotFoundError, version  # 20 ms that few ask for

    try:
        return version("melodyrnn")
    except PackageNotFoundError:
        return "unknown"


def _draw(song: "Song") -> str:
    drawn = import_module("melodyrnn.render.pages.notebook").html(song)
    assert isinstance(drawn, str)
    return drawn


# Whatever of this package is imported, this runs first: a Song in a notebook always shows itself.
import_module("melodyrnn.music.notebook_hook").register(_draw)
