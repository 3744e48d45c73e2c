"""Runs one target on many inputs, and says what fell."""

import sys
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType
from typing import Any

from fuzz.mutations import mutated
from fuzz.targets import Target
from melodyrnn.files import NO_MEMORY
from melodyrnn.formats.deadline import deadline

SLOW = 2.0
"""Seconds of the processor's time that no small input may take: a reader's own patience is longer,
so that whatever it ends is found."""
_ENDED = 5.0  # seconds after which an input is ended

_PACKAGE = str(Path(__file__).parent.parent / "melodyrnn")
_WRONG_WORDS = ("fault of melodyrnn", "seconds of work", NO_MEMORY)
_TRACED = 20  # with coverage, one of so many inputs is traced


@dataclass
class Campaign:
    """What came of the inputs so far."""

    target: Target
    inputs: int = 0
    read: int = 0  # inputs that were taken, the others refused
    seconds: float = 0.0
    slowest: float = 0.0  # seconds of one input
    findings: dict[str, bytes] = field(default_factory=dict)  # what went wrong -> the first input
    counts: Counter[str] = field(default_factory=Counter)
    lines: set[tuple[str, int]] = field(default_factory=set)  # of the package, that were run

    def run(
        self, most: int, seed: int = 0, seconds: float = float("inf"), coverage: bool = False
    ) -> "Campaign":
        """Try so many inputs, or for so long. With ``coverage`` inputs that reach new lines are
        changed further.
        """
        random, pool = Random(seed), list(self.target.seeds())
        begun = time.monotonic()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for data in pool:
                self.try_one(data)
            while self.inputs < most and time.monotonic() - begun < seconds:
                data = mutated(random, pool, self.target.grammar)
                if not coverage or self.inputs % _TRACED:
                    self.try_one(data)
                elif self._traced(data):
                    pool.append(data)
        self.seconds += time.monotonic() - begun
        return self

    def try_one(self, data: bytes) -> None:
        self.inputs += 1
        begun = time.process_time()
        try:
            with deadline(_ENDED):
                self.target.read(data)
            self.read += 1
        except self.target.refuses as error:
            if wrong := _wrong_words(str(error)):
                self._found(wrong, data)
        except BaseException as error:  # whatever it is, it is a finding
            if isinstance(error, KeyboardInterrupt):
                raise
            self._found(_place(error), data)
        taken = time.process_time() - begun
        self.slowest = max(self.slowest, taken)
        if taken > SLOW:
            self._found(f"slow: {taken:.0f} s", data)

    def _found(self, what: str, data: bytes) -> None:
        self.findings.setdefault(what, data)
        self.counts[what] += 1

    def _traced(self, data: bytes) -> bool:
        """Try one, and say whether it reached new lines of the package."""
        before = len(self.lines)

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            if not frame.f_code.co_filename.startswith(_PACKAGE):
                return None
            if event == "line":
                self.lines.add((frame.f_code.co_filename, frame.f_lineno))
            return trace

        sys.settrace(trace)
        try:
            self.try_one(data)
        finally:
            sys.settrace(None)
        return len(self.lines) > before

    def __str__(self) -> str:
        rate = self.inputs / self.seconds if self.seconds else 0.0
        lines = f", {len(self.lines):,} lines of the package" if self.lines else ""
        return (
            f"{self.inputs:,} inputs, {self.read:,} read, {rate:,.0f} a second, the slowest "
            f"{self.slowest:.2f} s{lines}; {len(self.findings)} findings"
        )


def _wrong_words(message: str) -> str:
    """What is wrong with the words of a refusal, or nothing."""
    if any(words in message for words in _WRONG_WORDS):
        return message[:160]
    if "\n" in message:
        return "more than one line"
    return "" if len(message) < 2000 else "a very long message"


def _place(error: BaseException) -> str:
    """``ValueError in voice.py:152``."""
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(_PACKAGE)
    ]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}: {error!s:.80}"


def by_atheris(target: Target, arguments: Sequence[str]) -> None:
    """The same target under libFuzzer's guidance, by the package atheris."""
    import atheris  # type: ignore[import-not-found,unused-ignore]

    def one(data: bytes) -> None:
        campaign = Campaign(target)
        campaign.try_one(data)
        for what in campaign.findings:
            raise RuntimeError(what)

    atheris.instrument_all()
    atheris.Setup(["fuzz", *arguments], one)
    atheris.Fuzz()
