"""Samples from few bytes: the decoder of the sounds that the package carries.

A sample is kept as the coefficients of a modified discrete cosine transform (Princen, Johnson and
Bradley 1987), each rounded to a whole number by a step of its frame and its band and, as in MP3 and
AAC, by a power of 3/4: the louder, the coarser. Those numbers, mostly 0, are packed by LZMA.
``sounds/encoder.py`` of the repository is the other side.
"""

import lzma
from functools import cache

import numpy as np
from numpy.typing import NDArray

POWER = 0.75
"""Of a coefficient, before it is rounded."""
STEPS_AN_OCTAVE = 4
"""Gains are powers of 2, as fine as this."""
PACKING = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME}]
"""LZMA without a header."""

Signal = NDArray[np.float64]


@cache
def window(hop: int) -> Signal:
    """Of a frame, (2 hop,): its square and that of the next frame's first half add to 1."""
    return np.sin(np.pi * (np.arange(2 * hop) + 0.5) / (2 * hop))


@cache
def bands(hop: int, rate: int) -> NDArray[np.int64]:
    """The band of each of ``hop`` coefficients, by the Bark scale (Zwicker and Terhardt 1980)."""
    frequency = (np.arange(hop) + 0.5) / hop * rate / 2
    bark = 13 * np.arctan(0.00076 * frequency) + 3.5 * np.arctan((frequency / 7500) ** 2)
    return np.floor(bark).astype(np.int64)


def steps(hop: int, rate: int, of_frames: NDArray[np.int8], of_bands: NDArray[np.int8]) -> Signal:
    """The step of each coefficient, (frames, hop), of gains in ``STEPS_AN_OCTAVE``."""
    gains = of_frames[:, None].astype(int) + of_bands[bands(hop, rate)]
    return 2 ** (gains / STEPS_AN_OCTAVE)


def frames_of(length: int, hop: int) -> int:
    """How many frames, half over each other, cover so many samples."""
    return -(-length // hop) + 1


def decode(data: bytes, length: int, rate: int, hop: int) -> Signal:
    """The sample, (length,), from what is packed: a gain for each frame, one for each band, and
    the coefficients, (width, frames), the lowest first; those above are 0.
    """
    packed = np.frombuffer(lzma.decompress(data, lzma.FORMAT_RAW, filters=PACKING), np.int8)
    frames, number = frames_of(length, hop), int(bands(hop, rate)[-1]) + 1
    of_frames, of_bands, kept = np.split(packed, [frames, frames + number])
    width = len(kept) // frames
    levels = np.zeros((frames, hop))
    levels[:, :width] = kept.reshape(width, frames).T
    spectrum = np.sign(levels) * np.abs(levels) ** (1 / POWER)
    return _joined(spectrum * steps(hop, rate, of_frames, of_bands), length)


def _joined(spectrum: Signal, length: int) -> Signal:
    """The inverse transform of each frame, (frames, hop), added where they overlap."""
    hop = spectrum.shape[1]
    shift = 0.5 + hop / 2
    turned = spectrum * np.exp(-1j * np.pi / hop * shift * np.arange(hop))
    phase = np.exp(-1j * np.pi / (2 * hop) * (np.arange(2 * hop) + shift))
    frames = (np.fft.fft(turned, 2 * hop) * phase).real * window(hop) * np.sqrt(2 / hop)
    played = np.zeros((len(frames) + 1) * hop)
    played[:-hop] += frames[:, :hop].ravel()
    played[hop:] += frames[:, hop:].ravel()
    return played[hop : hop + length]
