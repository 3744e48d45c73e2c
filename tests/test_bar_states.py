"""Places in bars as states: what is computed of them, against a table that is written down."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from random_runs import random_run

from melodyrnn import parse
from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.generation.generate import SongGroup, generate_parts
from melodyrnn.generation.transitions import NOWHERE, Edged, TableTransitions
from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.tasks.control.bar_lines import SoManyBars
from melodyrnn.tasks.task import Request
from melodyrnn.tasks.tunes import TuneTask
from melodyrnn.workflows.generate import generate
from tests.conftest import ROOT


@st.composite
def barred(draw):
    """Lengths of kinds and which may close, a bar, a pickup, ties, bars and seams."""
    kinds = draw(st.integers(1, 4))
    bar, bars = draw(st.integers(1, 9)), draw(st.integers(1, 4))
    pickup = draw(st.integers(0, bar - 1))
    inside = st.integers(1, max(1, pickup + bars * bar - 1))
    return (
        np.array(draw(st.lists(st.integers(0, 12), min_size=kinds, max_size=kinds)), np.int32),
        np.array(draw(st.lists(st.booleans(), min_size=kinds, max_size=kinds))),
        bar,
        pickup,
        draw(st.booleans()),
        bars,
        sorted(draw(st.sets(inside, max_size=2))),
    )


def written_down(lengths, closing, bar, pickup, ties, bars, seams):
    """The table of all places, as steps before the end, and where it ends."""
    end = pickup + bars * bar
    walls = {*seams, 0}
    if not ties:
        walls |= {place for place in range(end) if (end - pickup - place) % bar == 0}
    table = np.full((end + 1, len(lengths)), NOWHERE, np.int32)
    for left in range(1, end + 1):
        for kind, length in enumerate(lengths.tolist()):
            over = any(left - length < wall < left for wall in walls)
            fits = 0 < length <= left and not over
            if fits and (left > length or closing[kind]):
                table[left, kind] = left - length
    return table, np.arange(end + 1) == 0


@given(barred())
def test_places_lead_where_a_table_says_and_as_soon_to_the_end(asked):
    lengths, closing, bar, _, ties, bars, seams = asked
    computed = SoManyBars(lengths, closing, bar, ties, bars, np.array(seams, np.int32))
    table, final = written_down(*asked)
    states, expected = np.arange(len(table), dtype=np.int32), TableTransitions(table, final)
    assert computed.after(states).tolist() == table.tolist()
    assert computed.fewest(states).tolist() == expected.fewest(states).tolist()
    assert computed.fewest(table).tolist() == expected.fewest(table).tolist()
    assert computed.final(states).tolist() == final.tolist()


@given(barred())
def test_a_song_opens_and_closes_once(asked):
    """Two kinds more: that which comes first, and that which comes last."""
    lengths, closing, *others = asked
    lengths, closing = np.append(lengths, [0, 0]).astype(np.int32), np.append(closing, [False] * 2)
    table, final = written_down(lengths, closing, *others)
    kinds, size = len(lengths), len(table)
    opening, last, begin = kinds - 2, kinds - 1, size - 1
    edged = Edged(TableTransitions(table, final), begin, opening, last)
    first = table[begin]
    whole = np.vstack([table, np.full(kinds, NOWHERE), first, first])
    whole[: len(table), last] = np.where(final, size, NOWHERE)
    whole[edged.start, opening] = edged.start + 1
    states = np.arange(len(whole), dtype=np.int32)
    expected = TableTransitions(whole.astype(np.int32), states == size)
    assert edged.size == len(whole)
    assert edged.after(states).tolist() == whole.tolist()
    assert edged.fewest(states).tolist() == expected.fewest(states).tolist()
    assert edged.final(states).tolist() == expected.final(states).tolist()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A network of viewpoints that knows tunes of several meters, keys and pickups."""
    names = ("nabiya", "amazing_grace", "greensleeves", "auld_lang_syne")
    texts = {name: (ROOT / "songs" / f"{name}.txt").read_text(encoding="utf-8") for name in names}
    songs = [Named(name, parse(text)) for name, text in texts.items()]
    late = replace(songs[0].song, pickup=Fraction(1, 2))
    tunes = Split((*songs, Named("late", late)), (), ())
    settings = {"model": "viewpoints", "units": 8}
    return random_run(tmp_path_factory.mktemp("run") / "tunes", TuneTask(), tunes, settings)


def test_songs_share_what_their_headers_do_not_change(run):
    """One frame for each meter and pickup, in whatever key."""
    request, form = Request(count=40), FormConfig(bars=2)
    prompts = run.task.prompts(run, request, form, SampleConfig())
    frames = {id(prompt.constraints[0]): prompt.like for prompt in prompts}
    assert len(frames) < len(prompts)
    assert len(frames) == len({(each.like.meter, each.like.pickup) for each in prompts})


@pytest.mark.parametrize(
    "asked",
    [{"bars": 2}, {"bars": 2, "max_copy": 3, "avoid_loops": True}, {"form": "AB"}, {"length": 9}],
)
def test_songs_of_other_headers_are_drawn_as_they_would_be_alone(run, asked):
    form, config = FormConfig(**{k: v for k, v in asked.items() if k != "length"}), SampleConfig()
    request = Request(count=6, length=asked.get("length"))
    prompts = run.task.prompts(run, request, form, config)
    assert len(prompts) > 2
    apart = {}
    for prompt in prompts:
        player = run.task.aligned(run.predictor(), [prompt])
        songs = [(0, number) for number in prompt.numbers]
        parts = [SongGroup(prompt.length, prompt.constraints)]
        drawn = generate_parts(player, prompt.ids, parts, songs, config)
        apart |= dict(zip(prompt.numbers, drawn.songs, strict=True))
    made = generate(run.path, count=6, **asked).songs
    tokenizer = run.task.tokenizer(run.record.vocabulary)
    for song in made:
        alone = tokenizer.decode(apart[song.take - 1], song.song)
        assert [(n.pitch and n.pitch.midi, n.duration) for n in song.song] == [
            (n.pitch and n.pitch.midi, n.duration) for n in alone
        ]
