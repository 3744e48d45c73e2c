"""What the hidden layers of a network give along songs, as arrays to be studied elsewhere."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from melodyrnn.sequences.vocabulary import Indices

States = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, repr=False)
class SongStates:
    """One song or text."""

    name: str
    ids: Indices  # (L,), what the network saw, a start and an end among it where it knows of them
    tokens: tuple[str, ...]  # the same as they are written
    layers: tuple[States, ...]  # what each gives, (L - window, H), the first layer first

    def __repr__(self) -> str:
        shapes = ", ".join(str(layer.shape) for layer in self.layers)
        return f"<SongStates {self.name}, {shapes}>"


@dataclass(frozen=True, repr=False)
class HiddenStates:
    """Of several songs, row n of a layer is its output after ``ids[:n + window]``: that from which
    the network predicts ``ids[n + window]``.
    """

    window: int
    vocabulary: tuple[str, ...]
    embeddings: Mapping[str, States]  # the learned vectors of what enters, (V, W), by a name
    songs: tuple[SongStates, ...]

    def __repr__(self) -> str:
        return f"<HiddenStates of {len(self.songs)} songs, window {self.window}>"

    def arrays(self) -> dict[str, npt.NDArray[Any]]:
        """All of it by names: ``window``, ``vocabulary``, ``songs``, ``embedding/NAME`` and, of
        song number n from 1, ``n/ids``, ``n/tokens``, ``n/layer1`` and so on.
        """
        found: dict[str, npt.NDArray[Any]] = {
            "window": np.array(self.window),
            "vocabulary": np.array(self.vocabulary),
            "songs": np.array([song.name for song in self.songs]),
        }
        found |= {f"embedding/{name}": vectors for name, vectors in self.embeddings.items()}
        for number, song in enumerate(self.songs, 1):
            found[f"{number}/ids"], found[f"{number}/tokens"] = song.ids, np.array(song.tokens)
            for depth, layer in enumerate(song.layers, 1):
                found[f"{number}/layer{depth}"] = layer
        return found

    def to_npz(self) -> bytes:
        """``arrays`` as the content of a file that ``numpy.load`` reads."""
        content = io.BytesIO()
        np.savez_compressed(content, **self.arrays())  # type: ignore[arg-type]  # names for options
        return content.getvalue()


def songs_of(
    names: Sequence[str],
    sequences: Sequence[Indices],
    spelled: Sequence[Sequence[str]],
    layers: Sequence[Sequence[States]],
) -> tuple[SongStates, ...]:
    """Of each song, by its place."""
    found = zip(names, sequences, spelled, layers, strict=True)
    return tuple(SongStates(n, ids, tuple(t), tuple(states)) for n, ids, t, states in found)
