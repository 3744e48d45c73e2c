import io
import wave
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

from melodyrnn.errors import NotationError, RenderError
from melodyrnn.music.notation.text import parse
from melodyrnn.music.song import Key, Note, Song
from melodyrnn.render import sampler
from melodyrnn.render.audio import PEAK, wav
from melodyrnn.render.instruments import INSTRUMENTS, program
from melodyrnn.render.sound_bank import SETTINGS, SoundBank, Zone, sound_bank

RATE = sampler.RATE
TUNE = parse("title: 나비야\nmeter: 2/4\ntempo: 100\ng8 e8 e4 f8 d8 d4 c8 d8 e8 f8 g8 g8 g4")


def decoded(data):
    """The samples of a WAV file, -1 to 1."""
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, RATE)
        return np.frombuffer(file.readframes(-1), "<i2") / 32768


def one(midi, quarters=2):
    return Song((Note(Key().pitch(midi), Fraction(quarters)),), tempo=60.0)


def cents_off(samples, midi):
    """How far the first partials are from the equal-tempered pitch: their mean by power, for a
    vibrato spreads each."""
    size = 1 << 20
    part = samples[RATE // 10 : RATE * 3 // 2]
    power = np.abs(np.fft.rfft(part * np.hanning(len(part)), size)) ** 2
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    moment = total = 0.0
    for partial in (1, 2, 3, 4):
        wanted = partial * 440 * 2 ** ((midi - 69) / 12)
        low, high = np.searchsorted(frequency, [wanted * 0.975, wanted * 1.025])
        cents = 1200 * np.log2(frequency[low:high] / wanted)
        moment += (power[low:high] * cents).sum()
        total += power[low:high].sum()
    return moment / total


@pytest.mark.parametrize(
    "instrument", ["acoustic grand piano", "violin", "marimba", "clarinet", "flute", "nylon"]
)
def test_a_is_440_hertz(instrument):
    assert abs(cents_off(decoded(wav(one(69), instrument=instrument)), 69)) < 1


@pytest.mark.parametrize("midi", [48, 55, 60, 64, 72, 77, 84])
def test_the_piano_is_in_tune(midi):
    assert abs(cents_off(decoded(wav(one(midi))), midi)) < 1.5


def test_each_note_sounds_in_its_place():
    samples = decoded(wav(TUNE, instrument="recorder"))
    for note, offset in zip(TUNE.notes, TUNE.offsets, strict=True):
        start = round(float(offset) * 0.6 * RATE)
        part = samples[start + RATE // 20 : start + RATE // 4]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 18))
        loudest = spectrum.argmax() * RATE / (1 << 18)
        assert 12 * np.log2(loudest / 440) + 69 == pytest.approx(note.pitch.midi, abs=0.3)


def test_it_begins_at_once_and_rings_out():
    samples = decoded(wav(TUNE))
    assert np.flatnonzero(np.abs(samples) > 0.01)[0] < RATE // 50
    assert TUNE.seconds < len(samples) / RATE < TUNE.seconds + sampler.LONGEST_TAIL
    end = round(TUNE.seconds * RATE)
    assert np.abs(samples[end : end + RATE // 10]).max() > 0.01
    assert np.abs(samples[-RATE // 50 :]).max() < 0.001


def test_it_is_loud_and_never_clips():
    samples = decoded(wav(TUNE))
    assert np.abs(samples).max() == pytest.approx(PEAK, abs=1e-4)
    assert np.sqrt((samples**2).mean()) > 0.1


def test_rests_are_silent():
    samples = decoded(wav(parse("tempo: 60\nc4 r1 c4"), instrument="ocarina"))
    assert np.abs(samples[3 * RATE : round(4.9 * RATE)]).max() < 1e-4
    assert not decoded(wav(parse("r1"))).any()
    assert len(decoded(wav(parse("r1")))) == 2 * RATE


def test_a_tempo_takes_the_place_of_the_songs():
    slow, fast = (len(decoded(wav(TUNE, tempo=tempo))) / RATE for tempo in (50, 200))
    assert slow - fast == pytest.approx(float(TUNE.duration) * (60 / 50 - 60 / 200), abs=0.01)


def test_the_same_song_gives_the_same_bytes():
    assert wav(TUNE, instrument="koto") == wav(TUNE, instrument="koto")


def test_every_instrument_sounds():
    for number, name in enumerate(INSTRUMENTS):
        zones = sound_bank().zones(number, 60)
        assert np.abs(sampler.note(zones, 60, 0.1)).max() > 0.001, name


def test_a_key_beyond_an_instrument_still_has_its_pitch():
    assert abs(cents_off(decoded(wav(one(81), instrument="baritone sax")), 81)) < 20


@pytest.mark.parametrize(
    ("name", "number"),
    [
        (None, 0),
        ("acoustic grand piano", 0),
        ("Flute", 73),
        (" PAN  FLUTE ", 75),
        ("acoustic guitar (nylon)", 24),
        ("acoustic guitar nylon", 24),
        ("nylon", 24),
        ("honky tonk piano", 3),
        ("lead 1", 80),
        (1, 0),
        ("128", 127),
    ],
)
def test_an_instrument_has_a_name_or_a_number(name, number):
    assert program(name) == number


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("flut", "unknown instrument 'flut'; did you mean 'flute', 'pan flute'?"),
        (
            "sax",
            "unknown instrument 'sax'; did you mean 'soprano sax', 'alto sax', 'tenor sax', "
            "'baritone sax'?",
        ),
        ("zzz", "unknown instrument 'zzz'; General MIDI has names such as 'flute'"),
        ("", "unknown instrument ''; General MIDI has names such as 'flute'"),
        ("단소", "unknown instrument '단소'; General MIDI has names such as 'flute'"),
        (0, "unknown instrument 0; General MIDI numbers are 1 to 128"),
        ("129", "unknown instrument 129; General MIDI numbers are 1 to 128"),
    ],
)
def test_an_unknown_instrument_is_named(name, words):
    with pytest.raises(RenderError) as caught:
        wav(TUNE, instrument=name)
    assert str(caught.value) == words


def test_general_midi_has_128_instruments_each_of_its_own_name():
    assert len(set(INSTRUMENTS)) == 128
    assert [program(name) for name in INSTRUMENTS] == list(range(128))


@pytest.mark.parametrize(
    ("song", "tempo", "error", "words"),
    [
        (
            Song(()),
            None,
            RenderError,
            "a song without notes cannot be played; give it one note or rest",
        ),
        (
            one(60, 4000),
            None,
            RenderError,
            "the song lasts 67 minutes; at most 30 are written as sound, so choose a faster tempo",
        ),
        (
            TUNE,
            2000,
            NotationError,
            "a tempo of 2000; it is in quarter notes per minute, 5 to 1000",
        ),
    ],
)
def test_what_cannot_be_played_is_refused(song, tempo, error, words):
    with pytest.raises(error) as caught:
        wav(song, tempo=tempo)
    assert str(caught.value) == words


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x05\x06" + bytes(18)])
def test_a_file_of_no_sounds_is_refused(tmp_path, data):
    path = tmp_path / "x.npz"
    path.write_bytes(data)
    with pytest.raises(RenderError, match=r"x\.npz: the sounds cannot be read; pip install"):
        SoundBank(path)


def zone(**settings):
    """A sine of 441 Hz, 100 samples a cycle, in a loop; its root is a key of its own."""
    cycle = np.sin(2 * np.pi * np.arange(400) / 100).astype(np.float32)
    values = SETTINGS | settings
    return Zone(cycle, (100, 300), RATE, 60.0, SimpleNamespace(**values))


def test_a_loop_goes_on_without_a_seam():
    played = sampler.note([zone()], 60, 1.0)[: RATE - 1]
    expected = np.sin(2 * np.pi * np.arange(len(played)) / 100)
    assert np.abs(played[200:] - expected[200:]).max() < 0.01


def test_an_octave_is_twice_the_speed():
    played = sampler.note([zone()], 72, 1.0)[200 : RATE - 1]
    expected = np.sin(2 * np.pi * np.arange(200, RATE - 1) / 50)
    assert np.abs(played - expected).max() < 0.01


def test_a_note_decays_by_a_hundred_decibels_in_its_decay_time():
    played = sampler.note([zone(decay=1200, sustain=1000)], 60, 1.5)  # 2 s
    peaks = np.abs(played[: RATE // 100 * 100]).reshape(-1, 100).max(axis=1)  # of each cycle
    fall = 20 * np.log10(peaks[RATE // 100 - 1] / peaks[1])
    assert fall == pytest.approx(-50, abs=0.7)


def test_a_filter_through_the_spectrum_is_the_filter_sample_by_sample():
    noise = np.random.default_rng(1).standard_normal(2000)
    cutoff, q = 1024.0, 2.0
    k = np.tan(np.pi * cutoff / RATE)
    norm = 1 / (1 + k / q + k * k)
    a1, a2 = 2 * (k * k - 1) * norm, (1 - k / q + k * k) * norm
    expected = np.zeros_like(noise)
    for n, sample in enumerate(noise):
        x1, x2 = (noise[n - back] if n >= back else 0.0 for back in (1, 2))
        y1, y2 = (expected[n - back] if n >= back else 0.0 for back in (1, 2))
        expected[n] = k * k * norm * (sample + 2 * x1 + x2) - a1 * y1 - a2 * y2
    resonance = 20 * np.log10(q) + 3.01
    found = sampler._filter(noise, np.full(2000, cutoff), resonance)
    assert np.abs(found - expected).max() < 1e-6


def test_a_closing_filter_takes_away_the_high_tones():
    noise = np.random.default_rng(1).standard_normal(RATE)
    found = sampler._filter(noise, np.geomspace(16000, 100, RATE), 3.01)
    high = [np.abs(np.diff(part)).mean() for part in np.split(found, 4)]
    assert high == sorted(high, reverse=True)
    assert high[3] < high[0] / 20
