"""The engine of the exported page in a real browser: it predicts what the run predicts, and draws
what the command line draws.
"""

import os
import re
from dataclasses import replace

import numpy as np
import pytest
from browsing import needs_chromium
from random_runs import random_run, write_random_weights

from melodyrnn.data.gather import Named
from melodyrnn.data.split import Split
from melodyrnn.data.texts import read_texts
from melodyrnn.errors import ConfigError
from melodyrnn.export.bundle import bundle
from melodyrnn.export.document import document_of
from melodyrnn.models.recurrent.cells import CELLS, Cell
from melodyrnn.models.recurrent.equations import simple
from melodyrnn.music.durations import ticks
from melodyrnn.music.notation.headers import write_pickup
from melodyrnn.music.notation.text import parse
from melodyrnn.runs import whole_songs
from melodyrnn.runs.run import Run, open_run
from melodyrnn.tasks.dataset import Dataset
from melodyrnn.tasks.songs import SongTask
from melodyrnn.tasks.text import TextTask
from melodyrnn.tasks.tunes import TuneTask
from melodyrnn.tasks.whole_songs.features import features_of
from melodyrnn.tasks.whole_songs.runs_of_steps import BUCKETS, Steps
from melodyrnn.tasks.whole_songs.weights import WholeSongs
from melodyrnn.workflows.export import export_run
from melodyrnn.workflows.generate import generate
from melodyrnn.workflows.whole_songs import drawn_songs
from tests.conftest import ROOT

ENGINE = ROOT / "melodyrnn" / "export" / "engine"
CELL_MODELS = ["lstm", "gru", "rnn", "peephole", "peephole-full", "coupled", "attention"]
BY_HEART = {
    **{name: {"model": name} for name in CELL_MODELS},
    "stateless": {"model": "gru-stateless"},
    "mlp": {"model": "mlp"},
    "layers": {"model": "lstm", "layers": 2, "input": "embedding", "embedding": 4},
    "onehot": {"model": "lstm", "input": "onehot"},
    "ensemble": {"model": "gru", "ensemble": 2},
    "lookback": {"model": "lookback", "embedding": 4},
}
OF_TUNES = {
    "tunes": {"model": "lstm", "embedding": 4},
    "factored": {"model": "lookback", "tokenization": "factored", "embedding": 4},
    "viewpoints": {"model": "viewpoints"},
}
UNITS = 8
CANDIDATES = 4  # for a tune of the run of viewpoints


def named(*names):
    texts = {name: (ROOT / "songs" / f"{name}.txt").read_text(encoding="utf-8") for name in names}
    return tuple(Named(name, parse(text)) for name, text in texts.items())


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Name -> run: those above and, with weights that were learned, ``folk``."""
    folder = tmp_path_factory.mktemp("runs")
    song = Split(named("nabiya"), (), ())
    tunes = Split(named("nabiya", "amazing_grace", "greensleeves", "auld_lang_syne"), (), ())
    made = {"folk": open_run("folk")}
    for name, settings in BY_HEART.items():
        made[name] = random_run(folder / name, SongTask(), song, {"units": UNITS, **settings})
    for name, settings in OF_TUNES.items():
        made[name] = random_run(folder / name, TuneTask(), tunes, {"units": UNITS, **settings})
    weigh(made["viewpoints"])
    text = folder / "text.txt"
    text.write_text("나비야 나비야\n이리 날아 오너라\n", encoding="utf-8")
    settings = {"model": "lstm", "units": UNITS, "held_out": 0, "embedding": 4}
    record, parts = TextTask().plan(read_texts([text]), settings)
    made["text"] = Run.begin(folder / "text", record, parts, fresh=False, overwrite=False)
    write_random_weights(made["text"])
    return made


def weigh(run):
    """Have ``run`` learn what whole songs weigh, from as few as its own."""
    network = drawn_songs(run, run.predictor(), 50)
    people = [named.song for named in run.parts.train]
    found = WholeSongs.learned(people, range(len(people)), network)
    whole_songs.keep(run.path, replace(found, candidates=CANDIDATES))


@pytest.fixture(scope="module")
def engine(browser, runs, tmp_path_factory):
    """The engine in the browser, with all runs: a function of a name there and its arguments."""
    folder = tmp_path_factory.mktemp("engine")
    place = os.path.relpath(ENGINE, folder).replace(os.sep, "/")
    (folder / "all.js").write_text(
        f'import {{ load, generate, logits, expect }} from "{place}/engine.js";\n'
        f'import {{ featuresOf, soundingNotes }} from "{place}/features.js";\n'
        f'import {{ readKey }} from "{place}/keys.js";\n'
        f'import {{ readMeter }} from "{place}/meters.js";\n'
        f'import {{ uniforms }} from "{place}/random.js";\n'
        f'import {{ frequentRuns, longRuns }} from "{place}/runs_of_steps.js";\n'
        f'import {{ logWeight }} from "{place}/whole_songs.js";\n'
        "globalThis.engine = { load, generate, logits, expect };\n"
        "globalThis.drawn = (seeds, n) => seeds.map((seed) => [...uniforms(seed, n)]);\n"
        "globalThis.models = {};\n"
        "globalThis.seen = (run, { midi, ticks, meter, key, pickup }) => {\n"
        "  const like = { meter: readMeter(meter), key: readKey(key), pickup };\n"
        "  const notes = soundingNotes([...midi.keys()], { midi, ticks }, like);\n"
        "  const model = { ...models[run], tokens: { midi, ticks } };\n"
        "  return {\n"
        "    features: featuresOf(notes), frequent: frequentRuns(notes), long: longRuns(notes),\n"
        "    weight: logWeight(model, [...midi.keys()], like),\n"
        "  };\n"
        "};\n"
    )
    page = folder / "page.html"
    script = bundle(folder / "all.js")
    page.write_text(f'<!doctype html><meta charset="utf-8"><script>{script}</script>')
    browser.get(page.as_uri())
    browser.set_script_timeout(60)
    for name, run in runs.items():
        load = "models[arguments[0]] = engine.load(arguments[1])"
        browser.execute_script(load, name, document_of(run))

    def call(name, run, *arguments):
        found = browser.execute_async_script(
            "const [name, run, given, done] = arguments;"
            "(async () => engine[name](models[run], ...given))().then("
            "  (value) => done(JSON.parse(JSON.stringify(value, (_, each) =>"
            "    ArrayBuffer.isView(each) ? [...each] : each))),"
            "  (error) => done({ refused: error.code ?? 'broken', message: error.message }));",
            name,
            run,
            arguments,
        )
        assert not isinstance(found, dict) or found.get("refused") != "broken", found
        return found

    return call


def played(run, **asked):
    """What the command line makes."""
    settings = {re.sub("[A-Z]", lambda big: f"_{big[0].lower()}", k): v for k, v in asked.items()}
    return generate(run, **settings).made


def assert_same_tunes(takes, songs):
    assert [take["tokens"] for take in takes] == [list(song.tokens) for song in songs]
    for take, made in zip(takes, songs, strict=True):
        song = take["song"]
        header = song["meter"], song["key"], song["pickup"]
        assert header == (str(made.song.meter), str(made.song.key), float(made.song.pickup))
        assert take["primer"] == made.primer
        assert take["logProbability"] == pytest.approx(made.log_probability, abs=1e-3)
        sounds = [(n.pitch and n.pitch.midi, float(n.duration)) for n in made.song]
        assert [(note["midi"], note["duration"]) for note in song["notes"]] == sounds
        steps = [note.pitch and (note.pitch.step, note.pitch.alter) for note in made.song]
        spelled = [n["pitch"] and (n["pitch"]["step"], n["pitch"]["alter"]) for n in song["notes"]]
        assert spelled == steps
        assert [note["onset"] for note in song["notes"]] == list(map(float, made.song.offsets))


@needs_chromium
def test_random_numbers_are_those_of_numpy(engine, browser):
    random = np.random.default_rng(0)
    seeds = [[int(random.integers(10 ** random.integers(1, 18))), n % 7] for n in range(100)]
    seeds += [[0], [10**15], [2**32, 0, 1], [1, 2, 3, 4, 5, 6]]
    found = browser.execute_script(
        "return drawn(arguments[0].map((e) => e.map(BigInt)), 5)",
        [[*map(str, seed)] for seed in seeds],
    )
    assert found == [np.random.default_rng(tuple(seed)).random(5).tolist() for seed in seeds]


@needs_chromium
@pytest.mark.parametrize("name", [*BY_HEART, *OF_TUNES, "folk", "text"])
def test_logits_are_those_of_the_run(engine, runs, name):
    run = runs[name]
    predictor, header = run.predictor(), {}
    if name == "text":
        ids = run.vocabulary.encode("나비야 이리 날아")
    else:
        dataset = Dataset.on_demand(run.parts.train[:1], run.tokenizer)
        (song,), ids = dataset.songs, dataset.sequences[0][:60]
        predictor = predictor.with_contexts(dataset.contexts)
        pickup = song.song.pickup and write_pickup(song.song.pickup)
        header = {"meter": str(song.song.meter), "key": str(song.song.key), "pickup": str(pickup)}
    (expected,) = predictor.logits([ids])
    found = np.array(engine("logits", name, ids.tolist(), header))
    np.testing.assert_allclose(found, expected, atol=1e-4)
    p = engine("expect", name, ids[:-1].tolist(), header)
    assert sum(p) == pytest.approx(1, abs=1e-9)
    assert np.argmax(p) == np.argmax(expected[-1])


@needs_chromium
@pytest.mark.parametrize("name", BY_HEART)
def test_twenty_seeds_give_the_songs_of_the_command_line(engine, runs, name):
    for seed in range(20):
        asked = {"seed": seed, "length": 6}
        takes = engine("generate", name, asked)["takes"]
        assert_same_tunes(takes, played(runs[name], **asked))


ASKED = [
    {"seed": 10**17, "count": 2},
    {"seed": 2, "bars": 8, "count": 2, "end": True},
    {"seed": 3, "bars": 4, "key": "Eb", "meter": "6/8", "ties": True, "count": 2},
    {"seed": 4, "end": True, "key": "e minor", "meter": "3/4", "pickup": "4+8", "count": 2},
    {"seed": 5, "primer": "g4 trip{a8 b8 c'8} | d'#4~ d'#16 r2", "count": 2},
    {"temperature": 0, "length": 40},
    {"temperature": 0, "length": 40, "avoidLoops": True},
    {"seed": 6, "temperature": 1.3, "topK": 9, "count": 2},
    {"seed": 7, "topP": 0.8, "count": 2},
]


@needs_chromium
@pytest.mark.filterwarnings("ignore::melodyrnn.errors.MelodyWarning")
@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize("name", OF_TUNES)
def test_what_is_asked_gives_the_tunes_of_the_command_line(engine, runs, name, asked):
    given = {**asked, "seed": str(asked.get("seed", 0))}  # as JavaScript can hold it
    assert_same_tunes(engine("generate", name, given)["takes"], played(runs[name], **asked))


@needs_chromium
@pytest.mark.parametrize(
    "asked",
    [
        {"seed": 0, "bars": 4, "key": "G major"},
        {"seed": 1, "meter": "6/8", "bars": 4, "key": "e minor", "end": True},
        {"seed": 2, "primer": "d8 g8 a8 b4", "temperature": 0.8, "topP": 0.9, "length": 12},
    ],
    ids=str,
)
def test_a_network_of_viewpoints_plays_the_tunes_of_the_command_line(engine, runs, asked):
    assert_same_tunes(engine("generate", "folk", asked)["takes"], played(runs["folk"], **asked))


@needs_chromium
def test_it_plays_whole_tunes_that_are_chosen_by_their_weight(engine, runs, browser):
    browser.execute_script("models.folk.wholeSongs.candidates = arguments[0]", CANDIDATES)
    takes = engine("generate", "folk", {"seed": 1})["takes"]
    assert_same_tunes(takes, played(runs["folk"], seed=1, candidates=CANDIDATES))


@needs_chromium
def test_a_tune_is_chosen_by_its_weight_as_that_of_the_command_line(engine, runs):
    run, chosen, once = runs["viewpoints"], [], []
    for seed in range(20):
        chosen += played(run, seed=seed)
        once += played(run, seed=seed, candidates=1)
        assert_same_tunes(engine("generate", "viewpoints", {"seed": seed})["takes"], chosen[-1:])
    assert sum(a.tokens != b.tokens for a, b in zip(chosen, once, strict=True)) > 5


@needs_chromium
def test_a_model_that_weighs_nothing_draws_once(engine, runs, browser):
    browser.execute_script("models.once = { ...models.viewpoints, wholeSongs: null }")
    for seed in range(3):
        takes = engine("generate", "once", {"seed": seed})["takes"]
        assert_same_tunes(takes, played(runs["viewpoints"], seed=seed, candidates=1))


def songs_to_see():
    """Those of the package, and some that have little in them, or much."""
    yield from (parse(path.read_text("utf-8")) for path in sorted((ROOT / "songs").glob("*.txt")))
    yield parse("c4")
    yield parse("meter: 3/4\nkey: e minor\npickup: 4\ne8 r16")
    yield parse("meter: 2/2\nkey: B- major\nr2 r4 d'4 r1 r1 | r1 | BB-16 f'#1~f'#1 r4")
    yield parse("meter: 6/8\nkey: F# minor\npickup: 8\nf#8 | trip{g4 a b} 5:4{c16 d e f g} g8 a2.")
    random = np.random.default_rng(0)
    notes = ["c8", "d8", "e4", "g4.", "a8", "c'2", "r8", "trip{c8 e g}", "GG64"]
    for pickup in ("16", "8", "4."):
        drawn = " ".join(random.choice(notes, 40))
        yield parse(f"meter: 3/4\nkey: A major\npickup: {pickup}\na16 {drawn}")


@needs_chromium
def test_what_is_seen_of_a_whole_song_is_what_the_package_sees(engine, runs, browser):
    found = runs["folk"].whole_songs
    weights = []
    for song in songs_to_see():
        given = {
            "midi": [note.pitch and note.pitch.midi for note in song],
            "ticks": list(song.steps),
            "meter": str(song.meter),
            "key": str(song.key),
            "pickup": ticks(song.pickup),
        }
        seen = browser.execute_script("return seen(...arguments)", "folk", given)
        np.testing.assert_allclose(seen["features"], features_of(song), rtol=0, atol=1e-12)
        steps = Steps.of(song)
        frequent = [[run % BUCKETS for run in runs] for runs in seen["frequent"]]
        assert frequent == [runs.tolist() for runs in steps.frequent()]
        assert seen["long"] == steps.long().tolist()
        weight = -np.inf if seen["weight"] is None else seen["weight"]
        assert weight == pytest.approx(found.log_weight(song), abs=1e-9)
        weights.append(weight)
    assert {np.isfinite(weight) for weight in weights} == {True, False}


@needs_chromium
def test_a_text_is_the_one_of_the_command_line(engine, runs):
    for asked in ({"seed": 3, "count": 2, "length": 50}, {"primer": "이리", "length": 20}):
        takes = engine("generate", "text", asked)["takes"]
        assert [take["text"] for take in takes] == [t.text for t in played(runs["text"], **asked)]
    refused = engine("generate", "text", {"primer": "x"})
    assert refused["refused"] == "unknownCharacter"


@needs_chromium
@pytest.mark.parametrize(
    ("name", "asked", "code"),
    [
        ("lstm", {"primer": "g8"}, "primerShort"),
        ("lstm", {"primer": "g8 h8"}, "notation"),
        ("lstm", {"primer": "g8~ a8"}, "notation"),
        ("lstm", {"key": "Bb"}, "outOfKey"),
        ("lstm", {"key": "e"}, "key"),
        ("lstm", {"meter": "3/5"}, "meter"),
        ("lstm", {"pickup": "7"}, "pickup"),
        ("lstm", {"meter": "2/4", "pickup": "2"}, "pickup"),
        ("lstm", {"ties": True}, "noEffect"),
        ("lstm", {"beam": 3}, "noEffect"),
        ("text", {"bars": 3}, "noEffect"),
        ("lstm", {"topP": 1.5}, "range"),
        ("lstm", {"seed": "-1"}, "range"),
        ("lstm", {"length": 1, "bars": 8}, "lengthShort"),
        ("tunes", {"primer": "c4 c4 c4", "meter": "5/8"}, "acrossBar"),
        ("tunes", {"primer": "c4 " * 9, "meter": "4/4", "bars": 2}, "primerLong"),
        ("tunes", {"primer": "c4 g4", "meter": "2/4", "bars": 1, "end": True}, "lastNote"),
        ("tunes", {"meter": "1/64", "bars": 1}, "noWay"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(engine, name, asked, code):
    found = engine("generate", name, asked)
    assert (found["refused"], "\n" in found["message"]) == (code, False), found


@needs_chromium
@pytest.mark.filterwarnings("ignore::melodyrnn.errors.MelodyWarning")
def test_what_is_remarked_on_is_said(engine):
    found = engine("generate", "lstm", {"primer": "g8 e8 e4 f16 d8 d4 r2", "length": 3})
    (remark,) = found["remarks"]
    assert remark["code"] == "replaced"
    assert remark["values"]["joined"]
    assert ["f16", "f8", 1] in remark["values"]["pairs"]


def test_models_that_count_and_cells_of_others_are_refused(tmp_path):
    song = Split(named("nabiya"), (), ())
    run = Run.begin(
        tmp_path / "ppm",
        SongTask().record(song, {"model": "ppm"}),
        song,
        fresh=False,
        overwrite=False,
    )
    with pytest.raises(ConfigError, match="model ppm is the songs that it counts"):
        export_run(run, tmp_path / "page.html")
    CELLS.add(Cell("plain", "the same", "plain cell", simple, gates=1))
    try:
        run = random_run(tmp_path / "run", SongTask(), song, {"model": "plain", "units": UNITS})
        with pytest.raises(ConfigError, match="the cell plain comes from another package"):
            export_run(run, tmp_path / "page.html")
    finally:
        CELLS.remove("plain")


@pytest.mark.parametrize(
    ("module", "words"),
    [
        ('import { a } from "./b.js";\nfunction b() {}\n', "b is a name in"),
        ("export default 3;\n", "'export default 3;' is no import or export"),
        ('import { a } from "./a.js";\n', "imports itself"),
    ],
)
def test_modules_that_do_not_make_one_script_are_named(tmp_path, module, words):
    (tmp_path / "a.js").write_text(module)
    (tmp_path / "b.js").write_text("export const a = 1;\nfunction b() {}\n")
    with pytest.raises(ValueError, match=words):
        bundle(tmp_path / "a.js")
