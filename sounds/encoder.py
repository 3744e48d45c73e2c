"""Samples as few bytes: the other side of ``melodyrnn.render.sound_codec``."""

import lzma

import numpy as np
from numpy.typing import NDArray

from melodyrnn.render.sound_codec import PACKING, POWER, STEPS_AN_OCTAVE, bands, steps, window

HOPS = (512, 1024)
"""Samples from a frame to the next: a short one keeps strokes sharp, a long one packs tones better.
Of the two, the one that makes fewer bytes."""
HIGHEST = 16000
"""Hz: what is above is left out."""
FINENESS = 0.16
"""The step where frame and band are loudest, of the root mean square of that band."""
OF_FRAMES = OF_BANDS = 0.6
"""A frame or band softer by some decibels is rounded finer by so much of them: noise follows the
sound, but is less where there is less to hide it."""
_FAINT = 1e-4  # of the loudest: a softer frame or band gets no finer steps

Signal = NDArray[np.float64]


def encode(sample: Signal, rate: int) -> tuple[bytes, int]:
    """What ``decode`` takes: the bytes, and the hop."""
    return min(((_encoded(sample, rate, hop), hop) for hop in HOPS), key=lambda each: len(each[0]))


def _encoded(sample: Signal, rate: int, hop: int) -> bytes:
    spectrum = transform(sample, hop)
    of_band = bands(hop, rate)
    squares = spectrum**2
    loud_frames = np.sqrt(squares.mean(axis=1))
    loud_bands = np.sqrt(
        [squares[:, of_band == band].mean() for band in range(int(of_band[-1]) + 1)]
    )
    of_frames = _gains(loud_frames / loud_frames.max(), OF_FRAMES)
    finest = FINENESS * loud_bands.max()
    of_bands = _gains(loud_bands / loud_bands.max(), OF_BANDS, finest)
    exact = (np.abs(spectrum) / steps(hop, rate, of_frames, of_bands)) ** POWER
    # What is nearer to 0 stays 0 the sooner: the point at which both errors are alike, as in AAC.
    levels = np.sign(spectrum) * np.floor(exact + 0.4054)
    levels[:, (np.arange(hop) + 0.5) / hop * rate / 2 > HIGHEST] = 0
    if np.abs(levels).max() > 127:
        raise ValueError("a coefficient is out of range; choose a larger FINENESS")
    used = np.flatnonzero(levels.any(axis=0))
    width = int(used[-1]) + 1 if len(used) else 0
    packed = np.concatenate([of_frames, of_bands, levels[:, :width].T.ravel()]).astype(np.int8)
    return lzma.compress(packed.tobytes(), lzma.FORMAT_RAW, filters=PACKING)


def transform(sample: Signal, hop: int) -> Signal:
    """The modified discrete cosine transform of each frame, (frames, hop)."""
    frames = -(-len(sample) // hop) + 1
    padded = np.zeros((frames + 1) * hop)
    padded[hop : hop + len(sample)] = sample
    framed = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop)[::hop] * window(hop)
    turned = framed * np.exp(-1j * np.pi / (2 * hop) * np.arange(2 * hop))
    shift = 0.5 + hop / 2
    phase = np.exp(-1j * np.pi / hop * shift * (np.arange(hop) + 0.5))
    return np.asarray((np.fft.fft(turned)[:, :hop] * phase).real * np.sqrt(2 / hop))


def _gains(loudness: Signal, share: float, scale: float = 1.0) -> NDArray[np.int8]:
    wanted = STEPS_AN_OCTAVE * np.log2(np.maximum(loudness, _FAINT) ** share * scale)
    gains: NDArray[np.int8] = np.clip(np.rint(wanted), -128, 127).astype(np.int8)
    return gains
