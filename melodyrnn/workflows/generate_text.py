"""A text run goes on writing."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unicodedata import normalize

from melodyrnn.errors import ConfigError, VocabularyError
from melodyrnn.files import check_no_folder, numbered, write_atomically
from melodyrnn.generation import generate as generation
from melodyrnn.generation.loops import Loop, closing_loop
from melodyrnn.models.config import SampleConfig, check_beam, configure
from melodyrnn.models.settings import check
from melodyrnn.runs import record as runs

MOST_TEXTS, MOST_CHARACTERS = 100_000, 10_000_000
LENGTH = 500
"""Characters after the primer where nothing is said."""
_PRIMER = 40
"""Characters of the text's own opening, up to the end of a line, where no primer is given."""


@dataclass(frozen=True)
class WrittenText:
    """One continuation."""

    text: str  # the primer is its beginning
    primer: int  # characters that were given
    loop: Loop | None  # the round in which it ends, if it does
    log_probability: float  # of what follows the primer, as the model has it; natural logarithm
    file: Path | None = None

    def to_json(self) -> dict[str, Any]:
        document = {
            "text": self.text,
            "primer": self.primer,
            "loop": self.loop and self.loop._asdict(),
            "log_probability": self.log_probability,
        }
        return document | ({"file": str(self.file)} if self.file else {})


@dataclass(frozen=True)
class GenerateTextResult:
    """The texts, and how they were drawn."""

    texts: tuple[WrittenText, ...]
    config: SampleConfig
    source = "text"

    @property
    def made(self) -> tuple[WrittenText, ...]:
        return self.texts

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(text.file for text in self.texts if text.file)

    def to_json(self) -> dict[str, Any]:
        return {**self.config.to_json(), "texts": [text.to_json() for text in self.texts]}


def generate_text(
    run: Path,
    record: runs.Record,
    *,
    primer: str | None = None,
    length: int | None = None,
    count: int = 1,
    output: str | Path | None = None,
    progress: Callable[[int, int], None] = lambda done, all_: None,
    **settings: Any,
) -> GenerateTextResult:
    """Continue ``primer`` by ``length`` characters, ``count`` times.

    ``record`` is what the run's run.json holds. Without a primer, the opening of the text that the
    run learned. ``settings`` are fields of SampleConfig; ``output`` is a text file, numbered where
    there are several. Raises MelodyError.
    """
    (config,) = configure(settings, SampleConfig)
    check("count", count, {"least": 1, "most": MOST_TEXTS})
    check_beam(settings, count)
    length = LENGTH if length is None else length
    check("length", length, {"least": 1, "most": MOST_CHARACTERS})
    given = _given(primer, record)
    network = runs.load_network(run, record)
    targets = _targets(output, count)
    drawn = generation.generate(network, given, length, config, count, progress)
    texts = []
    for number, (indices, likely) in enumerate(zip(*drawn, strict=True)):
        text = "".join(record.vocabulary.decode(indices))
        file = write_atomically(targets[number], text) if targets else None
        texts.append(WrittenText(text, len(given), closing_loop(indices), float(likely), file))
    return GenerateTextResult(tuple(texts), config)


def _targets(output: str | Path | None, count: int) -> list[Path]:
    """Where each text goes. Raises MelodyError before anything is drawn."""
    if output is None:
        return []
    check_no_folder(Path(output))
    return numbered(Path(output), count)


def _given(primer: str | None, record: runs.Record) -> Any:
    if primer is None:
        opening = record.songs[0]["text"]
        primer = opening[:1] + opening[1:_PRIMER].split("\n")[0]
    primer = normalize("NFC", primer)
    if not primer:
        raise ConfigError("--primer '' is empty; give a character at least")
    try:
        return record.vocabulary.encode(primer)
    except VocabularyError as error:
        raise VocabularyError(f"--primer: {error}; a model writes only what it has read") from None
