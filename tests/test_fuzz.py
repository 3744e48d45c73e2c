"""A short campaign on everything that reads what may come from anybody; ``python -m fuzz``."""

import subprocess
import sys

import pytest

from fuzz.campaign import Campaign
from fuzz.targets import TARGETS, Target
from melodyrnn import parse
from melodyrnn.errors import MelodyError
from melodyrnn.formats.musicxml.write import musicxml

ROOT = __file__.rpartition("/tests/")[0]


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_falls(name):
    campaign = Campaign(TARGETS[name]).run(400, seed=1, seconds=1.5)
    assert campaign.findings == {}
    assert campaign.read  # the seeds are


LONG = b"<pitch><step>C</step><octave>4</octave></pitch><duration>9999999999</duration>"

FELL = {
    "options": [
        b"transpose=" + b"1" * 400,
        b"schedule" + b"x" * 5000 + b"=1",
        b'units="' + b"x" * 5000 + b'"',
        b"early_stop=" + b"x" * 5000,
        b"model=" + b"[" + b"1," * 2000 + b"1]",
    ],
    "abc": [b"X:1\nI:abc-charset x\nM:4\0/4\nK:C\nc"],
    "tunes": [b"X:1\nI:abc-charset x\nT:\x05\nK:C\nc\n\nX:2\nK:C\nd"],
    "musicxml": [
        musicxml(parse("c4 d4 e4 f4"))
        .encode()
        .replace(b"</measure>", b"<note><chord/>" + LONG + b"</note></measure>", 1),
        b'<?xml version="1.0" encoding="UTF' + b"-8" * 2000 + b'"?><score-partwise/>',
    ],
    "notation": [b"key:\x1b G major\nc4"],
}
"""Target -> inputs that fell once."""


@pytest.mark.parametrize("name", FELL)
def test_what_fell_once_stands(name):
    campaign = Campaign(TARGETS[name])
    for data in FELL[name]:
        campaign.try_one(data)
    assert campaign.findings == {}


def odd(data):
    if b"!" in data:
        raise ZeroDivisionError
    if b"?" in data:
        raise MelodyError("two\nlines")
    if len(data) > 3:
        raise MelodyError("too long")


def test_a_finding_is_found():
    target = Target(lambda: [b"c", b"!?"], odd)
    campaign = Campaign(target).run(200, coverage=True)
    assert [what.partition(" ")[0] for what in campaign.findings] == ["ZeroDivisionError", "more"]
    assert campaign.inputs == 200
    assert "2 findings" in str(campaign)
    again = Campaign(target).run(200)
    assert (again.read, again.counts) == (Campaign(target).run(200).read, again.counts)


def test_the_command(tmp_path):
    line = [sys.executable, "-m", "fuzz", "cache", "--runs", "50", "--coverage", "--keep", tmp_path]
    done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("cache       50 inputs, ")
    assert " lines of the package; 0 findings" in done.stdout
    done = subprocess.run([*line[:3], "nothing"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 2
