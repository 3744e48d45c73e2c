"""Meter, key and pickup by how often songs have them."""

from collections import Counter
from fractions import Fraction
from math import log2

import pytest

from melodyrnn import parse
from melodyrnn.music.song import Key, Meter
from melodyrnn.tasks.headers import AskedHeader, TuneHeaders


def song(meter="2/4", key="G major", pickup=None):
    above = f"meter: {meter}\nkey: {key}\n" + (f"pickup: {pickup}\n" if pickup else "")
    return parse(above + "g8 a8 b4")


SONGS = [song(), song(), song(pickup="8"), song("3/4", "D major", "4")]


def test_bits_are_those_of_the_counts():
    headers = TuneHeaders(SONGS)
    # 3 of 4 meters, 3 of 4 keys and 2 of the 3 pickups of 2/4; each with one count more in all.
    assert headers.bits(song()) == pytest.approx(-log2(3 / 5) - log2(3 / 5) - log2(2 / 4))
    new = headers.bits(song("6/8", "F major"))
    # 693 meters can be written, and 24 keys; two of each are known. A bar of 6/8 has 576 steps.
    assert new == pytest.approx(2 * log2(5) + log2(691) + log2(22) + log2(576))
    rare = headers.bits(song(pickup="4"))
    assert rare == pytest.approx(-2 * log2(3 / 5) + log2(4) + log2(382))


def test_whatever_can_come_adds_up_to_one():
    headers = TuneHeaders(SONGS)
    keys = sum(2 ** -headers._keys.bits(key) for key in headers._keys.counts)
    assert keys + 22 * 2 ** -headers._keys.bits(Key(5)) == pytest.approx(1)


def test_new_songs_draw_what_songs_have_as_often():
    headers = TuneHeaders(SONGS)
    drawn = [headers.draw(0, number, AskedHeader()) for number in range(2000)]
    meters = Counter(str(header.meter) for header in drawn)
    assert meters["2/4"] / 2000 == pytest.approx(3 / 4, abs=0.04)
    assert {header.pickup for header in drawn if header.meter == Meter(3, 4)} == {Fraction(1)}
    assert drawn[7] == headers.draw(0, 7, AskedHeader())
    assert drawn != [headers.draw(1, number, AskedHeader()) for number in range(2000)]
    assert TuneHeaders(SONGS[::-1]).draw(0, 7, AskedHeader()) == drawn[7]


def test_what_is_asked_for_is_not_drawn():
    headers = TuneHeaders(SONGS)
    asked = AskedHeader(Meter(6, 8), Key(0), Fraction(1, 2))
    assert headers.draw(0, 0, asked) == (Meter(6, 8), Key(0), Fraction(1, 2))
    assert headers.draw(0, 0, AskedHeader(Meter(6, 8))).pickup == 0  # no song says what is usual
