"""The settings that functions take by name, as types: what an editor and a type checker see of the
configurations in ``config``, field by field. A test holds both together.

A misspelt name, or a value of another kind, is then found before anything runs:
``train("song.mid", unit=64)``.
"""

from typing import TypedDict


class ComparedModelSettings(TypedDict, total=False):
    """``ModelConfig`` but for what a comparison varies itself: its models and windows."""

    input: str
    units: int
    layers: int | None
    embedding: int
    tokenization: str
    dropout: float
    input_dropout: float
    recurrent_dropout: float
    ensemble: int
    order: int | None
    escape: str
    exclusion: bool
    update_exclusion: bool
    blending: str
    memory: str
    bias: float
    mean: str


class ModelSettings(ComparedModelSettings, total=False):
    """``ModelConfig``."""

    model: str
    window: int


class CompareSettings(ComparedModelSettings, total=False):
    """``ModelConfig``, ``TrainConfig`` and, of several songs, ``StreamConfig``, but for what a
    comparison varies itself or names among its arguments.
    """

    epochs: int
    learning_rate: float
    batch: int | None
    early_stop: bool
    steps: int
    clip: float | None
    schedule: str
    patience: int
    transpose: int


class TextSettings(ModelSettings, total=False):
    """``ModelConfig``, a cell in place of the model, and ``StreamConfig``: a text, character by
    character.
    """

    cell: str
    epochs: int
    learning_rate: float
    batch: int
    seed: int
    early_stop: bool
    steps: int
    clip: float | None
    schedule: str
    patience: int
    held_out: float
    fold: int
    transpose: int


class TrainSettings(ModelSettings, total=False):
    """``ModelConfig``, a cell in place of the model, ``TrainConfig`` and, of many tunes,
    ``StreamConfig``.
    """

    cell: str
    epochs: int
    learning_rate: float
    batch: int | None
    seed: int
    early_stop: bool
    steps: int
    clip: float | None
    schedule: str
    patience: int
    held_out: float
    fold: int
    transpose: int


class SampleSettings(TypedDict, total=False):
    """``SampleConfig``."""

    temperature: float
    top_k: int | None
    top_p: float | None
    beam: int | None
    candidates: int | None
    seed: int


class FormSettings(TypedDict, total=False):
    """``FormConfig``."""

    bars: int | None
    form: str | None
    meter: str | None
    key: str | None
    pickup: str | None
    ties: bool
    end: bool
    max_copy: int | None
    avoid_loops: bool


class GenerateSettings(SampleSettings, FormSettings, total=False):
    """``SampleConfig`` and ``FormConfig``."""


class LessonSettings(TypedDict, total=False):
    """``SequenceConfig``, ``FitConfig`` and what single lessons have beside them."""

    cell: str
    units: int
    layers: int
    window: int
    embedding: int | None
    bidirectional: bool
    dropout: float
    head: bool
    recurrent: str
    attention: str
    epochs: int
    learning_rate: float
    batch: int | None
    clip: float | None
    seed: int
    early_stop: bool
    tunes: int
    excerpts: int
    data: str | None
