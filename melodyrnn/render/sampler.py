"""One note of a sampled instrument: pitch, loop, envelopes, vibrato and filter.

Time-varying filters are approximated by a slide between a few fixed ones, each applied through the
Fourier transform where it takes part, so that no loop over samples is needed.
"""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from melodyrnn.render.sound_bank import Zone

RATE = 44100
"""Samples a second."""
LONGEST = 60.0
"""Seconds that a note is held, at most."""
LONGEST_TAIL = 2.0
"""Seconds that a note rings on after its end, at most."""

Signal = NDArray[np.float64]

_SILENCE = 90.0  # dB: below this nothing is audible
_OPEN = 18000.0  # Hz: a filter above this changes nothing that is audible
_FILTERS_AN_OCTAVE = 3
_NEPERS = _SILENCE / 8.686  # the same, as a power of e
_BLOCK = 4096  # samples: a Fourier transform of a multiple of these is quick


def note(zones: list[Zone], key: int, seconds: float) -> Signal:
    """``key`` held for ``seconds`` (not above ``LONGEST``), then rung out: (samples,), mono."""
    seconds = min(seconds, LONGEST)
    voices = [_voice(zone, key, seconds) for zone in zones]
    mixed = np.zeros(max(map(len, voices), default=0))
    for voice in voices:
        mixed[: len(voice)] += voice
    return mixed


def _voice(zone: Zone, key: int, seconds: float) -> Signal:
    settings = zone.settings
    tail = min(_seconds(settings.release), LONGEST_TAIL)
    time = np.arange(round((seconds + tail) * RATE)) / RATE
    key = key if settings.fixed_key < 0 else settings.fixed_key
    shape = _shape(time, settings, seconds)
    vibrato = _triangle(time, settings.vib_lfo_delay, settings.vib_lfo_frequency)
    tremolo = _triangle(time, settings.mod_lfo_delay, settings.mod_lfo_frequency)
    cents = (
        (key - zone.root) * settings.scale_tuning
        + settings.coarse_tune * 100
        + settings.fine_tune
        + settings.mod_env_to_pitch * shape
        + settings.vib_lfo_to_pitch * vibrato
        + settings.mod_lfo_to_pitch * tremolo
    )
    played = _resample(zone, 2 ** (cents / 1200))
    time = time[: len(played)]  # a sample without a loop may end first
    cutoff = (
        settings.filter_cutoff
        + settings.mod_env_to_filter * shape
        + settings.mod_lfo_to_filter * tremolo
    )[: len(played)]
    played = _filter(played, 8.176 * 2 ** (cutoff / 1200), settings.filter_q / 10)
    # Real instruments of the time took 0.4 of what the specification says, and fonts are made so.
    gain = -0.4 * settings.attenuation / 10 - settings.mod_lfo_to_volume / 10 * tremolo[: len(time)]
    return np.asarray(played * 10 ** (gain / 20) * _loudness(time, settings, key, seconds))


def _resample(zone: Zone, ratio: Signal | float) -> Signal:
    """The sample at a changing speed, by cubic interpolation; loops go on, others end."""
    steps = np.asarray(ratio * zone.rate / RATE)
    places = np.concatenate(([0.0], np.cumsum(steps[:-1])))
    if zone.loop is None:
        places = places[places < len(zone.samples) - 3]
    whole = np.floor(places).astype(np.int64)
    part = places - whole
    before, here, after, beyond = (_sample(zone, whole + offset) for offset in (-1, 0, 1, 2))
    slope, bend = (after - before) / 2, before - 2.5 * here + 2 * after - beyond / 2
    twist = (beyond - before) / 2 + 1.5 * (here - after)
    return np.asarray(((twist * part + bend) * part + slope) * part + here)


def _sample(zone: Zone, index: NDArray[np.int64]) -> Signal:
    if zone.loop is not None:
        start, end = zone.loop
        index = np.where(index < end, index, start + (index - start) % (end - start))
    return zone.samples[np.clip(index, 0, len(zone.samples) - 1)].astype(np.float64)


def _loudness(time: Signal, settings: SimpleNamespace, key: int, seconds: float) -> Signal:
    """The volume envelope, 0 to 1: a straight attack, then straight in decibels."""
    delay, attack, release = (_time(settings, name) for name in ("delay", "attack", "release"))
    hold = _time(settings, "hold", settings.key_to_hold * (60 - key))
    decay = _time(settings, "decay", settings.key_to_decay * (60 - key))
    sustain = min(settings.sustain / 10, 100.0)

    def fall(moment: Signal | float) -> Signal:
        """Decibels below the peak."""
        since = np.asarray(moment) - delay - attack - hold
        return np.clip(100 * since / decay, 0, sustain)

    level = np.clip((time - delay) / attack, 0, 1)
    held = np.clip((seconds - delay) / attack, 0, 1)  # a note may end during its attack
    drop = np.where(time < seconds, fall(time), fall(seconds) + 100 * (time - seconds) / release)
    envelope = np.where(time < seconds, level, held) * 10 ** (-drop / 20)
    # A long tail is cut where it is still audible: its last 20 ms go to nothing.
    end = time[-1] + 1 / RATE if len(time) else 0.0
    fade = min(0.02, max(end - seconds, 1 / RATE))
    return np.asarray(envelope * (drop < _SILENCE) * np.clip((end - time) / fade, 0, 1))


def _shape(time: Signal, settings: SimpleNamespace, seconds: float) -> Signal:
    """The modulation envelope, 0 to 1."""
    names = ("mod_delay", "mod_attack", "mod_hold", "mod_decay", "mod_release")
    delay, attack, hold, decay, release = (_time(settings, name) for name in names)
    sustain = 1 - np.clip(settings.mod_sustain / 1000, 0, 1)

    def held(moment: Signal | float) -> Signal:
        since = np.asarray(moment) - delay
        fallen = np.clip(1 - (since - attack - hold) / decay, sustain, 1)
        return np.where(since < attack, np.clip(since / attack, 0, 1), fallen)

    falling = held(seconds) - (time - seconds) / release
    return np.where(time < seconds, held(time), np.clip(falling, 0, 1))


def _triangle(time: Signal, delay: int, frequency: int) -> Signal:
    """A low-frequency oscillator, -1 to 1, which starts upwards from 0 after its delay."""
    phase = np.clip(time - _seconds(delay), 0, None) * 8.176 * 2 ** (frequency / 1200)
    return 1 - 4 * np.abs((phase + 0.25) % 1 - 0.5) if len(time) else time


def _filter(signal: Signal, cutoff: Signal, resonance: float) -> Signal:
    """A low pass of 12 dB an octave whose cutoff (Hz, a value a sample) may move."""
    if not len(signal) or cutoff.min() >= _OPEN:
        return signal
    q = 10 ** ((resonance - 3.01) / 20)  # 0 dB in the file is the flattest one, q = 1/sqrt(2)
    height = np.log2(np.clip(cutoff, 20, _OPEN)) * _FILTERS_AN_OCTAVE
    filtered = np.zeros_like(signal)
    for step in range(int(np.floor(height.min())), int(np.ceil(height.max())) + 1):
        weight = np.clip(1 - np.abs(height - step), 0, 1)
        if len(audible := np.flatnonzero(weight)):
            fixed = 2 ** (step / _FILTERS_AN_OCTAVE)
            ringing = round(RATE * _NEPERS * q / (np.pi * fixed))
            start, end = max(audible[0] - ringing, 0), audible[-1] + 1
            sound = _low_pass(signal[start:end], fixed, q, ringing)
            filtered[start:end] += weight[start:end] * sound
    return filtered


def _low_pass(signal: Signal, cutoff: float, q: float, ringing: int) -> Signal:
    """A two-pole low pass, which rings for so many samples."""
    size = -(-(len(signal) + ringing) // _BLOCK) * _BLOCK
    spectrum = np.fft.rfft(signal, size)
    z = np.exp(-2j * np.pi / size * np.arange(len(spectrum)))  # the unit delay
    k = np.tan(np.pi * min(cutoff / RATE, 0.49))
    norm = 1 / (1 + k / q + k * k)
    gain, a1, a2 = k * k * norm, 2 * (k * k - 1) * norm, (1 - k / q + k * k) * norm
    response = gain * (1 + z) ** 2 / (1 + (a1 + a2 * z) * z)
    return np.fft.irfft(spectrum * response, size)[: len(signal)]


def _time(settings: SimpleNamespace, name: str, added: int = 0) -> float:
    return _seconds(getattr(settings, name) + added)


def _seconds(timecents: float) -> float:
    return float(2 ** (max(timecents, -12000) / 1200))
