"""Generated tunes told from human ones: features, folds, the AUC, and the command."""

import json
import math
from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from strategies import notes, pitches, songs

import melodyrnn
from melodyrnn import ConfigError, HumanLikeness, MelodyWarning, evaluate_against, parse
from melodyrnn.cli import main
from melodyrnn.data.gather import Named, Songs
from melodyrnn.data.song_families import family_numbers
from melodyrnn.evaluation.human import classifier as classifier_module
from melodyrnn.evaluation.human import likeness as likeness_module
from melodyrnn.evaluation.human import sides as sides_module
from melodyrnn.evaluation.human.auc import Auc, Comparisons, excess, wins
from melodyrnn.evaluation.human.classifier import Boosting, NGrams, combined, runs_of
from melodyrnn.evaluation.human.copying import LongestCopies, copied_among, copied_from
from melodyrnn.evaluation.human.differences import differences, family_means, holm, mann_whitney
from melodyrnn.evaluation.human.features import GROUPS, FeatureTable, features_of
from melodyrnn.evaluation.human.folds import fold_numbers, halves
from melodyrnn.evaluation.human.melody import SoundingMelody
from melodyrnn.music.durations import can_write
from melodyrnn.music.song import Meter, Note, Song
from melodyrnn.music.tonic import estimated_tonic

MIDDLE = notes(pitches(30, 90), st.sampled_from([Fraction(n, 4) for n in (1, 2, 3, 4, 6, 8)]))


def tunes(max_size=24):
    """Songs with a note, that stay MIDI numbers an octave or two higher or lower."""
    return songs(MIDDLE, max_size, codes=False).filter(lambda song: any(n.pitch for n in song))


@given(tunes(), st.integers(-24, 24))
def test_no_transposition_changes_a_feature(song, semitones):
    moved = song.transpose(semitones)
    assert features_of(moved) == features_of(song)
    assert runs_of(moved) == runs_of(song)


def doubled(song):
    """The same tune in notes twice as long: 4/4 as 4/2."""
    return Song(
        tuple(Note(note.pitch, 2 * note.duration) for note in song.notes),
        meter=Meter(song.meter.beats, song.meter.unit // 2),
        key=song.key,
        pickup=2 * song.pickup,
    )


@given(songs(MIDDLE, codes=False, changes=False).filter(lambda song: song.meter.unit > 1))
def test_no_change_of_the_unit_changes_a_feature(song):
    if not any(note.pitch for note in song) or song.meter.is_compound:
        return
    if song.pickup and not can_write(2 * song.pickup):
        return
    assert features_of(doubled(song)) == pytest.approx(features_of(song))
    assert runs_of(doubled(song)) == runs_of(song)


def test_features_by_hand():
    song = parse("meter: 2/4\n\nc4 d4 e4 c4 c4 d4 e4 c4 r4 c4")
    values = features_of(song)
    names = [name for _, name in FeatureTable(np.array([values])).columns]
    found = dict(zip(names, values, strict=True))
    assert found["notes"] == 9
    assert found["bars"] == 5
    assert found["silence, of time"] == pytest.approx(0.1)
    assert found["range, semitones"] == 4
    assert found["final on the tonic"] == 1
    assert found["place of the final, bars"] == 0.5
    assert found["ends with a bar"] == 1
    assert found["bars beyond a multiple of 4"] == 1
    assert found["bars that come back"] == 0.5
    assert found["bars like the one 2 before"] == pytest.approx(2 / 3)
    assert found["repeated notes"] == pytest.approx(2 / 8)
    assert found["upward, of moves"] == pytest.approx(4 / 6)
    assert found["longest run that comes twice, of all"] == 0.5
    assert found["most notes of equal length in a row"] == 9


def test_every_feature_has_a_name_of_its_own():
    columns = FeatureTable(np.zeros((1, 1))).columns
    assert max(Counter(name for _, name in columns).values()) == 1
    assert {group for group, _ in columns} == set(GROUPS)


@given(tunes())
def test_features_are_numbers(song):
    assert all(map(math.isfinite, features_of(song)))


@pytest.mark.parametrize(
    ("text", "tonic", "minor"),
    [("c4 d4 e4 f4 g4 e4 c2", 0, False), ("a4 b4 c'4 d'4 e'4 c'4 a2 g#4 a2", 9, True)],
)
def test_the_tonic_that_notes_suggest(text, tonic, minor):
    melody = SoundingMelody(parse(text))
    assert melody.tonic[:2] == (tonic, minor)


def test_a_tonic_of_equal_claims_lies_below_the_last_note():
    for pitch in range(60, 72):
        assert estimated_tonic(range(pitch - 11, pitch + 1), [1] * 12)[:1] == (pitch % 12,)


@st.composite
def dealt(draw):
    related = draw(st.lists(st.integers(0, 30), min_size=40, max_size=120))
    generated = draw(st.lists(st.booleans(), min_size=len(related), max_size=len(related)))
    numbers = {family: number for number, family in enumerate(dict.fromkeys(related))}
    return np.array([numbers[family] for family in related]), np.array(generated)


@given(dealt(), st.integers(0, 99))
def test_families_stay_whole(tunes, seed):
    related, generated = tunes
    folds = fold_numbers(related, generated, 5, np.random.default_rng(seed))
    for parts in (folds, halves(related, np.random.default_rng(seed))):
        assert all(len(set(parts[related == family])) == 1 for family in set(related))
    assert set(folds) <= set(range(5))


def test_folds_are_even():
    generated = np.arange(90) < 40
    folds = fold_numbers(np.arange(90), generated, 5, np.random.default_rng(0))
    assert np.bincount(folds[generated]).tolist() == [8] * 5
    assert np.bincount(folds[~generated]).tolist() == [10] * 5


def test_a_copy_is_of_the_family_of_what_it_copies():
    first = "c4 d4 e4 f4 g4 a4 b4 c'4 g4 e4 c2"
    texts = first, "c4 e8 g8 c4 e8 g8 b4 a4 g8 f8 e4", first
    moved = parse(texts[2]).transpose(3)
    assert family_numbers([parse(texts[0]), parse(texts[1]), moved]) == [0, 1, 0]


scores = st.lists(st.integers(0, 9), min_size=1, max_size=12).map(lambda s: np.array(s, float))


@given(scores, scores)
def test_the_auc_is_that_of_mann_and_whitney(first, second):
    by_hand = sum((a > b) + (a == b) / 2 for a in first for b in second)
    assert wins(first, second).sum() == by_hand
    if min(len(first), len(second)) > 1:
        found = Comparisons(np.arange(len(first)), 100 + np.arange(len(second)))
        found.add(np.arange(len(first)), np.arange(len(second)), (first, second))
        auc = found.auc()
        assert auc.value == pytest.approx(by_hand / len(first) / len(second))
        assert 0 <= auc.low <= auc.value <= auc.high <= 1


def test_only_tunes_of_one_fold_are_compared():
    found = Comparisons(np.arange(4), 4 + np.arange(4))
    up = np.arange(2.0)
    found.add(np.array([0, 1]), np.array([0, 1]), (up + 10, up))
    found.add(np.array([2, 3]), np.array([2, 3]), (up - 90, up - 100))
    assert found.auc().value == 1  # though tune 2 has a lower score than tune 0 of the other side


def test_what_is_found_out_counts_as_told_apart():
    found = Comparisons(np.arange(2), 2 + np.arange(2))
    found.add(np.arange(2), np.arange(2), (np.zeros(2), np.ones(2)))
    assert found.auc().value == 0
    found.reveal(np.array([True, False]), np.array([False, False]))
    assert found.auc().value == 0.5
    found.reveal(np.array([False, False]), np.array([True, True]))
    assert found.auc().value == 0
    found.reveal(np.array([True, True]), np.array([True, True]))
    assert found.auc().value == 0.5


def simulated(random, families, shift):
    """Scores of one family the same, those of the generated side higher by ``shift``."""
    found, count = Comparisons(families, 1 + families.max() + families), len(families)
    first, second = (random.normal(0, 1, 1 + families.max())[families] for _ in range(2))
    found.add(np.arange(count), np.arange(count), (first + shift, second))
    return found


@pytest.mark.parametrize("families", [np.arange(40), np.repeat(np.arange(40), 4)])
@pytest.mark.parametrize(("shift", "true"), [(0.0, 0.5), (1.0, 0.7602), (1.6, 0.8711)])
def test_the_standard_error_is_that_of_many_draws(families, shift, true):
    random = np.random.default_rng(0)
    found = [simulated(random, families, shift) for _ in range(300)]
    values, errors = [each.auc().value for each in found], [each.deviation() for each in found]
    assert np.mean(values) == pytest.approx(true, abs=0.01)
    assert np.mean(errors) == pytest.approx(np.std(values), rel=0.12)


@pytest.mark.parametrize(("size", "shift", "true"), [(20, 2.2, 0.9401), (60, 2.6, 0.9670)])
def test_the_interval_covers_what_is_true(size, shift, true):
    random = np.random.default_rng(0)
    found = [simulated(random, np.arange(size), shift).auc() for _ in range(400)]
    assert 0.93 <= np.mean([auc.low <= true <= auc.high for auc in found]) <= 0.99


def test_the_interval_allows_for_cross_validation():
    assert excess(0.5) == pytest.approx(math.sqrt(2.6))
    assert excess(0.97) == pytest.approx(1, abs=0.02)


def test_an_interval_where_all_are_told_apart():
    found = Comparisons(np.arange(30), 30 + np.arange(40))
    found.add(np.arange(30), np.arange(40), (np.ones(30), np.zeros(40)))
    assert found.auc() == (1.0, pytest.approx(0.025 ** (1 / 30)), 1.0)


def test_holm_by_hand():
    assert holm([0.001, 0.2, 0.02, 0.012]) == [0, 3, 2]
    assert holm([0.03, 0.04]) == []


def test_mann_whitney_by_hand():
    first, second = np.array([1.0, 2, 3, 4]), np.array([5.0, 6, 7, 8])
    z = (8 - 0.5) / math.sqrt(16 * 9 / 12)
    assert mann_whitney(first, second) == pytest.approx(math.erfc(z / math.sqrt(2)))
    assert mann_whitney(np.ones(4), np.ones(5)) == 1


def test_few_features_are_named_where_none_differs():
    random, named = np.random.default_rng(0), 0
    for _ in range(60):
        tables = [FeatureTable(random.normal(0, 1, (40, 92))) for _ in range(2)]
        families = np.arange(40), 40 + np.arange(40)
        named += bool(differences(*tables, families))
    assert named <= 8  # 5 % of 60 are 3


def test_means_of_families():
    means = family_means(np.array([[1.0], [3.0], [8.0]]), np.array([7, 7, 2]))
    assert means.tolist() == [[8], [2]]


def test_copies_are_long_and_half_of_the_tune():
    runs = LongestCopies((9, 12, 12, 20), (10, 30, 24, 20))
    assert runs.beyond(10).tolist() == [False, False, True, True]
    assert (runs.median, runs.ninetieth) == (12, pytest.approx(17.6))


def test_copies_by_hand():
    songs = named("c4 d4 e4 f4 g2", "d8 e8 f#8 g8 a4", "c4 c2 c4 c2 c4")
    assert copied_from(songs[:1], songs[1:]).notes == (5,)
    assert copied_among(songs, np.array([0, 0, 1])).notes[:2] == (1, 1)
    assert copied_among(songs, np.array([0, 1, 2])).notes[:2] == (5, 5)


def named(*texts):
    return [Named(f"song {number}", parse(text)) for number, text in enumerate(texts, 1)]


def test_classifiers_know_what_is_plain():
    random = np.random.default_rng(0)
    generated = np.arange(60) < 30
    values = random.normal(0, 1, (60, 3))
    values[:, 1] += 3 * generated
    train, test = np.arange(0, 60, 2), np.arange(1, 60, 2)
    found = Boosting(values, 0).scores(train, generated, test)
    assert wins(found[generated[test]], found[~generated[test]]).mean() > 0.9
    counts = [runs_of(parse("c4 d4 e4 f4" if mine else "g8 f8 e8 d8")) for mine in generated]
    told = NGrams(counts).scores(train, generated, test)
    assert wins(told[generated[test]], told[~generated[test]]).mean() == 1
    assert combined(np.zeros(2), np.array([1.0, 3.0])).tolist() == [1, 3]


def walk(random, leaps):
    """A tune of 16 to 40 notes that steps up and down, or leaps."""
    degrees = np.cumsum(random.integers(-leaps, leaps + 1, random.integers(16, 40))) % 15
    scale = ["C", "D", "E", "F", "G", "A", "B", "c", "d", "e", "f", "g", "a", "b", "c'"]
    values = random.choice(["4", "8", "2"], len(degrees))
    return " ".join(scale[d] + v for d, v in zip(degrees, values, strict=True))


def tunes_of(seed, count, leaps):
    random = np.random.default_rng(seed)
    return named(*(walk(random, leaps) for _ in range(count)))


HUMAN = tunes_of(0, 40, 1)


@pytest.fixture(scope="module", autouse=True)
def _in_less_time():
    """Dealt out once, not over and over, and fewer trees: what is tested is the same."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (likeness_module, sides_module):
            patch.setattr(module, "REPEATS", 1)
        patch.setattr(classifier_module, "_ROUNDS", 25)
        yield


@pytest.fixture(scope="module")
def likeness():
    return evaluate_against(tunes_of(1, 30, 6), HUMAN, control=[Songs(tunes_of(2, 25, 6), "leaps")])


def test_other_tunes_are_told_apart(likeness):
    assert likeness.auc.value > 0.9
    assert likeness.auc.beyond_chance
    assert likeness.groups["intervals"].value > 0.9
    (other,) = likeness.control.collections
    assert (other.name, other.tunes) == ("leaps", 25)
    assert other.auc.value > 0.9
    first = likeness.gives_away[0]
    assert first.group == "intervals"
    assert first.generated != pytest.approx(first.human)
    assert likeness.copied.copies == 0
    assert repr(likeness).startswith("<HumanLikeness, AUC ")
    assert repr(likeness).endswith(", 30 generated against 40 human tunes>")
    assert "where chance picks it in 50%" in likeness.meaning


def test_like_tunes_are_not_told_apart():
    found = evaluate_against(tunes_of(3, 40, 1), HUMAN)
    assert not found.auc.beyond_chance
    assert found.gives_away == ()
    assert found.meaning.startswith("No difference found")


def test_copies_do_not_win():
    copies = [Named(n.name, n.song.transpose(2)) for n in HUMAN[:30]]
    found = evaluate_against(copies, HUMAN, training=HUMAN)
    assert found.copied.copies == 30
    assert found.auc.value == 1
    assert found.groups["intervals"].value == pytest.approx(0.5, abs=0.1)
    assert found.copied.generated.median == found.copied.from_training.median > 15
    assert found.copied.human.ninetieth < 12


def test_the_same_seed_gives_the_same_figures(likeness):
    control = [Songs(tunes_of(2, 25, 6), "leaps")]
    again = evaluate_against(tunes_of(1, 30, 6), HUMAN, control=control)
    assert again.to_json() == likeness.to_json()
    other = evaluate_against(tunes_of(1, 30, 6), HUMAN, control=control, seed=1)
    assert other.control != likeness.control


def test_the_document(likeness):
    document = likeness.to_json()
    assert list(document) == ["tunes", "auc", "control", "groups", "gives_away", "copied"]
    assert document["tunes"] == {"generated": 30, "human": 40}
    assert list(document["auc"]) == ["value", "low", "high"]
    assert list(document["control"]) == ["value", "low", "high", "collections"]
    assert list(document["control"]["collections"][0]) == ["name", "tunes", "value", "low", "high"]
    assert list(document["groups"]) == [*GROUPS, "n-grams"]
    assert list(document["gives_away"][0]) == ["feature", "group", "generated", "human", "auc"]
    assert list(document["copied"]) == ["generated", "human", "from_training", "copies"]


def test_few_tunes():
    with pytest.raises(ConfigError, match=r"^against: 19 tunes, too few to tell apart; give 20"):
        evaluate_against(HUMAN[:20], HUMAN[:19])
    with pytest.raises(ConfigError, match=r"^generated: 5 tunes, too few to tell apart"):
        evaluate_against(HUMAN[:5], HUMAN)
    same = [Named(f"same {n}", HUMAN[0].song.transpose(n % 3)) for n in range(25)]
    with pytest.raises(ConfigError, match=r"^generated: 25 tunes are variants of 1; give 10"):
        evaluate_against(same, HUMAN[1:])


def test_a_silent_tune_is_left_out():
    silent = named("r4 r4")
    with (
        pytest.warns(MelodyWarning, match="against: left out 1 of 20 tunes, which have no note"),
        pytest.raises(ConfigError, match=r"^against: 19 tunes"),
    ):
        evaluate_against(HUMAN, HUMAN[:19] + silent)


def write(folder, songs):
    folder.mkdir()
    for named in songs:
        (folder / f"{named.name}.txt").write_text(named.text)
    return folder


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    folder = tmp_path_factory.mktemp("human")
    write(folder / "human", HUMAN[:24])
    write(folder / "new", tunes_of(1, 22, 6))
    write(folder / "few", HUMAN[:3])
    return folder


def call(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_the_command(folders):
    new, human = folders / "new", folders / "human"
    asked = "evaluate", "--generated", new, "--against", human, "--control", new
    done = call(*asked, "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.stdout)
    assert document["tunes"] == {"generated": 22, "human": 24}
    assert document["control"]["collections"][0]["name"] == "new"
    shown = call(*asked).stdout
    assert "22 generated against 24 human tunes" in shown
    assert "control: human halves" in shown
    assert "control: 22 of new" in shown
    assert "Shown a generated and a human tune, the classifier picks the generated one" in shown
    assert "Longest copy, notes" in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("--generated {new} --against {few}", "--against: 3 tunes, too few to tell apart"),
        ("--generated {few} --against {human}", "--generated: 3 tunes, too few to tell apart"),
        ("--against {human}", "--against has no effect without --generated"),
        ("--generated {new} --training {few} --control x", "--control has no effect without"),
        ("--generated {new} --training {few} --seed 1", "--seed has no effect without --against"),
        ("--generated {new} --against {human} --held-out {few}", "give those songs by --control"),
        ("{few} --generated {new} --against {human} --training {few}", "name one"),
    ],
)
def test_mistakes(folders, given, message):
    places = {name: folders / name for name in ("new", "human", "few")}
    done = call("evaluate", *given.format(**places).split())
    assert done.exit_code == 1
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_it_is_public():
    assert melodyrnn.evaluate_against is evaluate_against
    assert issubclass(Auc, tuple)
    assert HumanLikeness.__name__ in melodyrnn.__all__
