"""The sounds of the package: how they are packed, and how they are made of a SoundFont."""

import struct
from importlib.resources import files
from itertools import accumulate, pairwise

import numpy as np
import pytest

from melodyrnn.render import sampler
from melodyrnn.render.sound_bank import BANK, SETTINGS, SoundBank
from melodyrnn.render.sound_codec import decode
from sounds import __main__ as making
from sounds.cut import mono, thinned
from sounds.encoder import encode, transform
from sounds.soundfont import FontZone, Recording, SoundFont
from sounds.tuning import beside

RATE = 44100


def tone(frequency, seconds=0.5, partials=6):
    time = np.arange(round(seconds * RATE)) / RATE
    waves = [np.sin(2 * np.pi * frequency * n * time) / n for n in range(1, partials + 1)]
    return 0.3 * np.sum(waves, axis=0) * np.exp(-2 * time)


def straight_transform(frame):
    """The definition: Princen, Johnson and Bradley 1987, of one windowed frame."""
    hop = len(frame) // 2
    n, k = np.arange(2 * hop), np.arange(hop)[:, None]
    cosines = np.cos(np.pi / hop * (n + 0.5 + hop / 2) * (k + 0.5))
    return np.sqrt(2 / hop) * cosines @ (frame * np.sin(np.pi * (n + 0.5) / (2 * hop)))


def test_the_transform_is_the_one_of_its_definition():
    sample = np.random.default_rng(1).standard_normal(512)
    found = transform(sample, 256)
    padded = np.concatenate([np.zeros(256), sample, np.zeros(256)])
    for place in range(3):
        expected = straight_transform(padded[256 * place : 256 * place + 512])
        assert found[place] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("length", [511, 512, 513, 20000])
def test_what_is_packed_sounds_as_before(length):
    sample = tone(441)[20 : 20 + length]
    data, hop = encode(sample, RATE)
    error = decode(data, length, RATE, hop) - sample
    assert len(error) == length
    assert (error**2).sum() < 0.02 * (sample**2).sum()  # 17 dB


def test_a_tone_takes_half_a_bit_a_sample():
    sample = tone(220, seconds=2)
    assert len(encode(sample, RATE)[0]) * 8 < 0.5 * len(sample)


def zone(lowest, highest, *, pan=0, root=6000, start=0, **settings):
    values = tuple((SETTINGS | settings).values())
    return FontZone(Recording(start, start + 100, None, RATE), lowest, highest, root, values, pan)


def test_of_two_channels_the_left_one_is_kept():
    place = list(SETTINGS).index("attenuation")
    left, right, middle = zone(0, 60, pan=-500), zone(0, 60, pan=500, start=7), zone(61, 127)
    alone = zone(61, 70, pan=500)
    kept = mono([left, right, middle, alone])
    assert [each.pan for each in kept] == [-500, 0, 500]
    assert [each.settings[place] for each in kept] == [-75, 0, 0]


def test_neighbours_share_the_keys_of_what_is_left_out():
    layer = [zone(key, key + 1, start=key) for key in range(40, 80, 2)]
    kept = thinned(layer)
    assert [each.recording.start for each in kept] == list(range(40, 80, 4))
    bounds = [(each.lowest, each.highest) for each in kept]
    assert bounds[0][0] == 40
    assert bounds[-1][1] == 79
    assert all(low == before + 1 for (_, before), (low, _) in pairwise(bounds))


def test_layers_that_sound_together_stay():
    layer = [zone(0, 127), zone(0, 60)]
    assert thinned(layer) == layer


@pytest.mark.parametrize("cents", [-17, 0, 4])
def test_how_far_a_recording_is_beside_its_key(cents):
    sample = np.rint(20000 * tone(440 * 2 ** (cents / 1200), seconds=1.5)).astype(np.int16)
    whole = FontZone(
        Recording(0, len(sample), None, RATE), 0, 127, 6900, tuple(SETTINGS.values()), 0
    )
    assert beside(whole, sample) == pytest.approx(cents, abs=0.3)


def test_noise_has_no_pitch():
    noise = np.random.default_rng(1).integers(-9000, 9000, RATE * 2).astype(np.int16)
    whole = FontZone(
        Recording(0, len(noise), None, RATE), 0, 127, 6900, tuple(SETTINGS.values()), 0
    )
    assert beside(whole, noise) is None


# A font of one sample, byte for byte as the specification has it

WAVE = np.rint(20000 * np.sin(2 * np.pi * np.arange(400) / 100)).astype("<i2")


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def listed(kind, *chunks):
    return chunk(b"LIST", kind + b"".join(chunks))


def font(programs=1):
    """Each program plays the sample at half its volume from key 30 on, looped."""
    generators = [(43, 30 | 127 << 8), (48, 60), (54, 1), (53, 0)]
    igen = b"".join(struct.pack("<Hh", *each) for each in generators)
    name = b"one".ljust(20, b"\0")
    header = struct.pack("<IIIIIBbHH", 0, 400, 100, 300, RATE, 69, 0, 0, 1)
    phdr = [(number, 0, number) for number in range(programs)] + [(0, 0, programs)]
    pbag = list(accumulate([1] * programs, initial=0))
    data = listed(
        b"pdta",
        chunk(b"phdr", b"".join(name + struct.pack("<HHH12x", *each) for each in phdr)),
        chunk(b"pbag", b"".join(struct.pack("<HH", each, 0) for each in pbag)),
        chunk(b"pgen", struct.pack("<Hh", 41, 0) * programs + bytes(4)),
        chunk(b"inst", name + struct.pack("<H", 0) + name + struct.pack("<H", 1)),
        chunk(b"ibag", struct.pack("<HHHH", 0, 0, len(generators), 0)),
        chunk(b"igen", igen + bytes(4)),
        chunk(b"shdr", name + header + name + bytes(26)),
    )
    body = listed(b"sdta", chunk(b"smpl", WAVE.tobytes())) + data
    return chunk(b"RIFF", b"sfbk" + body)


def test_a_font_is_read():
    ((found,),) = SoundFont(font()).layers(0)
    assert found.recording == Recording(0, 400, (100, 300), RATE)
    assert (found.lowest, found.highest, found.root, found.pan) == (30, 127, 6900, 0)
    assert dict(zip(SETTINGS, found.settings, strict=True)) == SETTINGS | {"attenuation": 60}


@pytest.mark.parametrize("data", [b"", b"nonsense", b"RIFF\x04\0\0\0sfbk", b"RIFF\xff\xff\xff\x7f"])
def test_what_is_no_font_is_refused(data):
    with pytest.raises(ValueError, match="not a SoundFont"):
        SoundFont(data)


def test_a_bank_is_made_and_played(tmp_path, monkeypatch, capsys):
    source, made = tmp_path / "x.sf2", tmp_path / "x.npz"
    source.write_bytes(font(programs=128))
    call = ["sounds", str(source), "--output", str(made), "--any"]
    monkeypatch.setattr("sys.argv", call)
    assert making.main() == 0
    first = made.read_bytes()
    assert making.main() == 0
    assert made.read_bytes() == first
    assert "1 of 1 recordings" in capsys.readouterr().err
    (found,) = SoundBank(made).zones(127, 69)
    assert found.loop == (100, 300)
    played = sampler.note([found], 69, 0.5)[2000:20000]
    expected = WAVE[np.arange(2000, 20000) % 100] / 32768 * 10 ** (-0.4 * 6 / 20)
    assert np.abs(played - expected).max() < 0.05


def test_another_font_is_taken_only_if_asked(tmp_path, monkeypatch, capsys):
    (tmp_path / "x.sf2").write_bytes(font())
    monkeypatch.setattr("sys.argv", ["sounds", str(tmp_path / "x.sf2")])
    with pytest.raises(SystemExit):
        making.main()
    assert "is not Debian's FluidR3_GM.sf2; see sounds/README.md" in capsys.readouterr().err


def test_the_licence_stands_beside_the_sounds():
    text = (files("melodyrnn.render") / "sounds" / "LICENSE").read_text(encoding="utf-8")
    assert "Frank Wen" in text
    assert "Permission is hereby granted, free of charge" in text
    assert BANK.stat().st_size < 4_500_000
