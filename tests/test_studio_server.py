"""The studio's server: each thing that the page asks for, and what strangers try."""

import asyncio
import io
import json
import os
import shutil
import signal
import socket
import time
import zipfile
from pathlib import Path

import hostile
import pytest
from click.testing import CliRunner
from studio_client import children, gone, linux, processor, studio

from melodyrnn import parse, read_song
from melodyrnn.cli import main
from melodyrnn.lessons.lesson import Finding, Lesson, Table
from melodyrnn.lessons.run_lesson import LessonResult
from melodyrnn.runs.carried import FOLDER
from melodyrnn.studio.guard import HEADERS
from melodyrnn.studio.jobs import Jobs
from melodyrnn.studio.lesson_page import lesson_page
from melodyrnn.studio.takes import user_folder
from melodyrnn.studio.uploads import safe_name

HEADER = "title: 나비야\nmeter: 2/4\nkey: G major\n\n"
TUNE = HEADER + "g8 b8 b4 | a8 f#8 f#4 | g8 a8 b8 c'8 | d'8 d'8 d'4\n"
READ_BACK = ("mid", "musicxml", "abc", "txt")
STARTS = {"pdf": b"%PDF", "png": b"\x89PNG", "svg": b"<svg", "wav": b"RIFF"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("studio")


@pytest.fixture(scope="module")
def page(folder):
    with studio(folder) as client:
        yield client


def played(song):
    return [(note.pitch and note.pitch.midi, note.duration) for note in song]


# Who may ask


def test_the_page_is_there_with_headers_that_bind_it(page):
    status, headers, data = page.send("")
    assert status == 200
    assert b"<!doctype html>" in data.lower()
    for name, value in HEADERS.items():
        assert headers[name] == value
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "server" not in headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example:80"}, 403),  # a name of another site that leads here
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "8.8.8.8"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://localhost:1"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"host": "localhost"}, 200),
    ],
)
def test_a_request_of_another_page_is_refused(page, headers, status):
    for path in ("", "api/takes"):
        found, answered, data = page.send(path, headers=headers)
        assert found == status
        if status != 200:
            assert data.count(b"\n") == 1
            assert answered["x-content-type-options"] == "nosniff"


def test_the_page_itself_may_ask(page):
    origin = f"http://{page.host}:{page.port}"
    assert page.send("api/takes", headers={"origin": origin})[0] == 200


@pytest.mark.parametrize("root", ["/", "/wrong/", "/" + "a" * 32 + "/", "//", "/../"])
def test_without_the_token_nothing_is_there(page, root):
    for path in ("", "api/state", "api/takes"):
        status, _, data = page.send(path, root=root)
        assert status == 404
        assert data.count(b"\n") == 1
        assert b"melodyrnn studio printed" in data


def test_no_file_beside_the_page_is_reached(page):
    for path in ("../app.py", "%2e%2e/app.py", "..%2fapp.py", "/etc/passwd", "nothing.js"):
        assert page.send(path)[0] == 404


def test_a_body_of_a_gigabyte_is_refused_unread(page):
    """Of which hardly anything was sent: the server answers before."""
    for path in ("api/upload?name=x.mid", "api/read", "api/takes"):
        with socket.create_connection((page.host, page.port), 20) as plug:
            head = f"POST {page.root}{path} HTTP/1.1\r\nhost: localhost\r\n"
            plug.sendall(f"{head}content-length: {10**9}\r\n\r\n".encode() + bytes(1000))
            answer = b"".join(iter(lambda: plug.recv(10_000), b"")).decode()
        assert answer.startswith("HTTP/1.1 413 ")
        assert "choose a smaller one" in answer


def test_a_body_that_does_not_say_how_long_it_is_is_bounded_too(page, folder):
    before = sorted((folder / "uploads").glob("*"))
    with socket.create_connection((page.host, page.port), 20) as plug:
        head = f"POST {page.root}api/upload?name=x.mid HTTP/1.1\r\nhost: localhost\r\n"
        plug.sendall(f"{head}transfer-encoding: chunked\r\n\r\n".encode())
        sent, chunk = 0, b"100000\r\n" + bytes(1 << 20) + b"\r\n"
        try:
            while sent < 300:
                plug.sendall(chunk)
                sent += 1
        except OSError:  # it hung up
            pass
    assert sent < 100
    assert sorted((folder / "uploads").glob("*")) == before


# Notes and files


def test_what_there_is(page):
    state = page.ask("api/state")
    assert state["run"] == "folk"
    folk = next(run for run in state["runs"] if run["name"] == "folk")
    assert (folk["model"], folk["text"], folk["status"]) == ("viewpoints", False, "finished")
    assert folk["songs"] > 3000
    assert "flute" in state["instruments"]
    assert {"mid", "pdf", "wav"} <= set(state["formats"])
    assert "viewpoints" in [each["name"] for each in state["models"]]
    assert "hihello" in [each["name"] for each in state["lessons"]]
    assert "kinder" in state["corpora"]
    rows = {row["name"]: row for row in state["generating"]}
    assert rows["temperature"]["kind"] == "real"
    assert rows["bars"] == rows["bars"] | {"kind": "integer", "least": 1, "most": 256}
    assert str(Path.home()) not in json.dumps(state)
    assert "/" + "runs/pretrained" not in json.dumps(state)


def test_notes_are_read_and_engraved(page):
    read = page.ask("api/read", {"text": TUNE})["song"]
    assert parse(read["text"]) == parse(TUNE)
    assert read["title"] == "나비야"
    assert read["notes"][4] == {
        "token": "f#8", "midi": 66, "onset": 2.5, "duration": 0.5, "bar": 2, "beat": 1.5
    }  # fmt: skip
    drawn = page.ask("api/score", {"text": TUNE, "width": 360, "prefix": "a-"})
    assert drawn["svg"].startswith("<svg ")
    for place, note in zip(drawn["places"], read["notes"], strict=True):
        assert place["ids"]
        assert all(f'id="{each}"' in drawn["svg"] for each in place["ids"])
        assert (place["onset"], place["duration"]) == (note["onset"], note["duration"])
    tied = page.ask("api/score", {"text": "meter: 2/4\nc4 d2 e4", "prefix": "b"})
    assert tied["places"][1]["ids"] == ["bn1", "bn1-1"]


def test_errors_have_their_place(page):
    said = page.ask("api/read", {"text": "c4 d4\ne4 h4"}, status=400)
    assert said == {"error": "unknown pitch 'h4'; pitches are a to g", "line": 2, "column": 4}
    assert page.error("api/read", {}) == "text is missing; give it"
    assert page.error("api/read", {"text": 5}).startswith("text is not of the kind")
    assert page.error("api/read", {"text": "c4", "x": 1}).startswith("'x' is not asked for here")
    assert page.error("api/read", b"[") == "the body is no JSON document; send one"
    assert page.error("api/read", b"[]").startswith("the body is no JSON object")
    assert page.error("api/read", b"[" * 100_000).startswith("the body is no JSON document")
    assert page.error("api/score", {"text": "c4", "width": -1}).startswith("a score -1 pixels wide")
    assert "no name" in page.error("api/score", {"text": "c4", "prefix": '"><script>'})


@pytest.mark.parametrize("suffix", [*READ_BACK, *STARTS])
def test_a_song_is_exported(page, tmp_path, suffix):
    status, headers, data = page.send("api/export", {"texts": [TUNE], "format": suffix})
    assert status == 200
    assert headers["content-disposition"].endswith(f"%EB%82%98%EB%B9%84%EC%95%BC.{suffix}")
    if suffix in STARTS:
        assert data.startswith(STARTS[suffix])
    else:
        file = tmp_path / f"song.{suffix}"
        file.write_bytes(data)
        assert played(read_song(file)) == played(parse(TUNE))


def test_several_songs_are_one_archive(page):
    body = {"texts": [TUNE, "c4", TUNE], "format": "mid"}
    with zipfile.ZipFile(io.BytesIO(page.send("api/export", body)[2])) as archive:
        assert archive.namelist() == ["나비야.mid", "melody.mid", "나비야 2.mid"]
    assert page.error("api/export", {"texts": [], "format": "mid"}).startswith("no song is named")
    assert "unknown format" in page.error("api/export", {"texts": [TUNE], "format": "exe"})
    path = {"texts": [TUNE], "format": "mid/../../x.mid"}
    assert "unknown format" in page.error("api/export", path)


def test_an_instrument_sounds(page):
    sound = page.ask("api/instrument/flute")
    assert sound["rate"] == 22050
    assert len(sound["samples"]) > 10
    assert "unknown instrument 'lyre'" in page.error("api/instrument/lyre")


def two_tracks():
    """A MIDI file with a tune and, below it, a bass."""
    tune = b"".join(
        b"\x00\x90%c\x50\x83\x60\x80%c\x00" % (key, key) for key in (67, 69, 71, 72) * 3
    )
    bass = b"".join(b"\x00\x91%c\x50\x87\x40\x81%c\x00" % (key, key) for key in (36, 43) * 3)
    names = (b"\x00\xff\x03\x06Melody", b"\x00\xff\x03\x04Bass")
    end = b"\x00\xff\x2f\x00"
    return hostile.midi(names[0] + tune + end, names[1] + bass + end)


def test_a_file_is_read_and_another_of_its_tracks(page):
    read = page.ask("api/upload?name=..%2F..%2Ftwo.mid", two_tracks())
    assert [(each["name"], each["taken"]) for each in read["tracks"]] == [
        ("Melody", True),
        ("Bass", False),
    ]
    assert read["song"]["notes"][0]["midi"] == 67
    again = page.ask(f"api/upload?id={read['upload']}&track=2", b"")
    assert again["song"]["notes"][0]["midi"] == 36
    assert [each["taken"] for each in again["tracks"]] == [False, True]
    assert "no track '9'" in page.error(f"api/upload?id={read['upload']}&track=9", b"")
    assert "not here any more" in page.error("api/upload?id=../..", b"", status=404)


def test_a_hostile_file_is_refused_in_one_line(page, folder):
    before = sorted((folder / "uploads").glob("*"))
    for data in (b"", b"MThd", bytes(1000), b"MThd\0\0\0\6\0\1\xff\xff\0\1" + bytes(99)):
        said = page.error("api/upload?name=song.mid", data)
        assert said.startswith("song.mid: ")
        assert str(folder) not in said
    assert page.error("api/upload?name=virus.exe", b"MZ").startswith("virus.exe: unknown kind")
    bomb = b'<!DOCTYPE a [<!ENTITY b "bbbbbbbbbb">]><score-partwise>&b;</score-partwise>'
    assert page.error("api/upload?name=a.musicxml", bomb).startswith("a.musicxml:1: ")
    assert sorted((folder / "uploads").glob("*")) == before


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("나비야.mid", "나비야.mid"),
        ("../../etc/passwd", "passwd"),
        ("C:\\songs\\a.MID", "a.mid"),
        ("a\x1b[31m\n.abc", "a-31m.abc"),
        ("", "file"),
        ("..", "file"),
        (".mid", "mid.mid"),
        ("x" * 500 + ".abc", "x" * 60 + ".abc"),
    ],
)
def test_names_of_files_are_made_safe(name, kept):
    assert safe_name(name) == kept


# Playing


def test_takes_go_on_from_a_primer_and_say_what_they_copy(page):
    settings = {"bars": 8, "seed": 3}
    body = {"run": "folk", "primer": TUNE, "count": 3, "settings": settings}
    takes = page.ask("api/generate", body)["takes"]
    assert len(takes) == 3
    scores = [take["score"] for take in takes]
    assert scores == sorted(scores, reverse=True)
    song = parse(TUNE)
    for take in takes:
        new = parse(take["song"]["text"])
        assert new[: len(song)] == song[:]
        assert take["drawn_from"] == len(song)
        assert take["song"]["title"] == "나비야"
        assert take["seed"] == 3
        starts = [each["from"] for each in take["copied"]]
        assert starts == sorted(set(starts))
        for each in take["copied"]:
            assert 8 <= each["length"] <= len(new) - each["from"]
    assert page.ask("api/generate", body)["takes"] == takes  # the same seed, the same tunes


@pytest.mark.skipif(not linux, reason="only Linux tells what a process has computed")
def test_eight_bars_cost_the_processor_little(page):
    """So that they are heard at once; seconds on the clock depend on what else runs."""
    own = [page.process.pid, *children(page.process.pid)]
    body = {"run": "folk", "primer": TUNE, "count": 4}
    taken = []
    for seed in range(4):
        before = processor(own)
        page.ask("api/generate", body | {"settings": {"bars": 8, "end": True, "seed": seed}})
        taken.append(processor(own) - before)
    assert min(taken) < 0.4  # measured: 0.1 to 0.2


def test_from_here_again_and_only_in_part(page):
    song, body = parse(TUNE), {"run": "folk", "primer": TUNE, "settings": {"bars": 4, "seed": 1}}
    kept = page.ask("api/generate", body | {"keep": 5})["takes"][0]
    assert parse(kept["song"]["text"])[:5] == song[:5]
    assert kept["drawn_from"] == 5
    nothing = page.ask("api/generate", body | {"keep": 0})["takes"][0]["song"]
    assert (nothing["meter"], nothing["key"]) == ("2/4", "G major")
    part = page.ask("api/generate", body | {"between": [3, 6]})["takes"][0]
    new = parse(part["song"]["text"])
    assert new[:3] == song[:3]
    assert new[len(new) - 6 :] == song[7:]
    assert new.duration == song.duration
    assert "between names two notes" in page.error("api/generate", body | {"between": [1]})
    assert "redraw 3-99" in page.error("api/generate", body | {"between": [2, 98]})


def test_what_a_page_may_not_ask_of_a_run(page, tmp_path):
    body = {"run": "folk", "primer": TUNE}
    for name in ("output", "formats", "overwrite", "progress", "run"):
        said = page.error("api/generate", body | {"settings": {name: str(tmp_path / "x.mid")}})
        assert said == f"unknown setting {name!r}; leave it out"
    assert "temperature -1 is out of range" in page.error(
        "api/generate", body | {"settings": {"temperature": -1}}
    )
    assert "count 1000 is out of range" in page.error("api/generate", body | {"count": 1000})
    for run in ("../folk", "/etc", "", None, 5, str(FOLDER / "folk")):
        assert "choose one of the list" in page.error("api/generate", {"run": run}, status=404)
    assert list(tmp_path.iterdir()) == []


def test_what_was_expected_at_each_note(page):
    found = page.ask("api/expect", {"run": "folk", "text": "r4 " + TUNE.splitlines()[-1]})
    assert len(found["notes"]) == 13 + 1
    for note in found["notes"]:
        assert len(note["likeliest"]) == 5
        assert note["probability"] is None or 0 < note["probability"] < 1
    assert found["next"]["likeliest"][0]["probability"] > 0


# What is kept


def test_takes_are_kept_over_a_restart_and_are_files_of_notes(tmp_path):
    with studio(tmp_path) as page:
        first = page.ask("api/takes", {"text": TUNE, "title": "첫째\n번"}, status=201)["take"]
        assert first["title"] == "첫째 번"
        page.ask("api/takes", {"text": "c4 d4", "from": {"run": "folk"}}, status=201)
        changed = page.ask(f"api/takes/{first['id']}", {"title": "둘째"}, "PATCH")["take"]
        assert changed["id"] == first["id"]
        page.ask(f"api/takes/{first['id']}", {"text": "title: 둘째\nc4 e4 g4"}, "PATCH")
        assert page.error("api/takes", {"text": "no notes"}).startswith("unknown pitch")
        page.process.kill()
    (tmp_path / "takes" / "0123456789ab.txt").write_text("e4 f4\n")  # laid there by hand
    (tmp_path / "takes" / "notes of mine.txt").write_text("no take")
    with studio(tmp_path) as page:
        takes = {take["title"]: take for take in page.ask("api/takes")["takes"]}
        assert len(takes) == 3 or set(takes) == {"둘째", ""}
        assert [note["token"] for note in takes["둘째"]["notes"]] == ["c4", "e4", "g4"]
        file = tmp_path / "takes" / f"{first['id']}.txt"
        assert read_song(file) == parse("title: 둘째\nc4 e4 g4")
        page.ask(f"api/takes/{first['id']}", method="DELETE", status=204)
        assert not file.exists()
        for name in (first["id"], "..%5C..%5Cx", "0123456789ag"):
            page.ask(f"api/takes/{name}", method="DELETE", status=404)
        assert "no such take" in page.error(
            f"api/takes/{first['id']}", {"title": "x"}, "PATCH", 404
        )


def test_the_folder_is_the_users_own(monkeypatch, tmp_path):
    monkeypatch.setenv("MELODYRNN_STUDIO", str(tmp_path / "asked"))
    assert user_folder() == tmp_path / "asked"
    monkeypatch.delenv("MELODYRNN_STUDIO")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert user_folder() == tmp_path / "melodyrnn"
    monkeypatch.setattr("sys.platform", "darwin")
    assert user_folder().parts[-2:] == ("Application Support", "melodyrnn")


# Jobs


def test_a_training_shows_its_curve_stops_goes_on_and_is_played(page, nabiya):
    upload = page.ask("api/upload?name=nabiya.txt", nabiya.read_bytes())["upload"]
    settings = {"epochs": 100_000, "early_stop": False, "seed": 1, "units": 8}
    wish = {"uploads": [upload], "model": "lstm", "name": "내 노래", "settings": settings}
    job = page.ask("api/train", wish, status=201)["job"]
    points, last, end = [], 0, None
    for number, event in page.events(job):
        assert number > last
        last = number
        if event["kind"] == "point":
            points.append(event)
            if len(points) == 10:
                assert page.ask(f"api/jobs/{job}/stop", b"")["job"] == job
        end = event
    assert end["kind"] == "stopped"
    epochs = [each["epoch"] for each in points]
    assert epochs[:5] == [1, 2, 3, 4, 5]
    assert points[0]["loss"] > points[-1]["loss"]
    assert list(page.events(job, last)) == []  # who has heard all is told nothing twice
    (row,) = (each for each in page.ask("api/jobs")["jobs"] if each["id"] == job)
    assert (row["status"], row["name"], row["run"]) == ("stopped", "내 노래", "내-노래")
    assert "stopped already" in page.error(f"api/jobs/{job}/stop", b"", status=409)
    page.ask(f"api/jobs/{job}/resume", b"")
    later = set()
    for _, event in page.events(job):
        assert event["kind"] != "stopped"
        later |= {event["epoch"]} if event["kind"] == "point" else set()
        if later and max(later) > max(epochs) + 5:
            break
    start = time.monotonic()  # while it goes on
    body = {"run": "folk", "primer": TUNE, "settings": {"bars": 8}}
    assert page.ask("api/generate", body)["takes"]
    assert time.monotonic() - start < 5  # measured: 0.1 to 0.3 s
    page.ask(f"api/jobs/{job}/stop", b"")
    assert page.end(job)["kind"] == "stopped"
    runs = {run["name"]: run for run in page.ask("api/state")["runs"]}
    assert runs["내-노래"]["model"] == "lstm"
    assert page.ask("api/generate", {"run": "내-노래"})["takes"][0]["song"]["notes"]


def test_models_that_count_are_trained_and_compared_at_once(page, nabiya, folder):
    """Two songs, and n-gram models only: what takes no TensorFlow."""
    tunes = [page.ask("api/upload?name=nabiya.txt", nabiya.read_bytes())["upload"]]
    scale = "".join(f"{step}4 " for step in "cdefgab" * 4).encode()
    tunes.append(page.ask("api/upload?name=scale.txt", scale)["upload"])
    wish = {"uploads": tunes[:1], "model": "ppm", "name": "../../away", "settings": {"order": 3}}
    end = page.end(page.ask("api/train", wish, status=201)["job"])
    assert end["kind"] == "done"
    assert end["run"] == "away"
    assert (folder / "runs" / "away" / "run.json").is_file()
    again = page.end(page.ask("api/train", wish, status=201)["job"])
    assert again["run"] == "away-2"
    compared = {"uploads": tunes[:1], "models": ["ngram", "ppm"], "seeds": 1, "name": "two"}
    job = page.ask("api/compare", compared, status=201)["job"]
    end = page.end(job)
    assert end["kind"] == "done", end
    status, headers, data = page.send(f"api/jobs/{job}/report")
    assert status == 200
    assert b"<html" in data
    assert headers["content-security-policy"].startswith(
        "sandbox allow-scripts; default-src 'none'"
    )


def test_jobs_that_cannot_be_say_why(page, nabiya):
    upload = page.ask("api/upload?name=nabiya.txt", nabiya.read_bytes())["upload"]
    some = {"uploads": [upload]}
    assert page.error("api/train", {}).startswith("no song is named; drop songs")
    assert "not here any more" in page.error("api/train", {"uploads": ["../x"]}, status=404)
    for settings in ({"output": "/tmp/x"}, {"progress": 1}):
        assert "unknown setting" in page.error("api/train", some | {"settings": settings})
    assert "no corpus 'nowhere'" in page.error("api/train", {"corpus": "nowhere"}, status=404)
    assert "no lesson 'nothing'" in page.error("api/lesson", {"name": "nothing"}, status=404)
    assert "no such job" in page.error("api/jobs/0/stop", b"", status=404)
    assert page.send("api/jobs/..%2Fx/report")[0] == 404
    end = page.end(page.ask("api/train", some | {"model": "lstn"}, status=201)["job"])
    assert end["kind"] == "failed"
    assert "did you mean 'lstm'?" in end["error"]
    assert "/" not in end["error"].replace("and/or", "")


def test_a_job_that_takes_too_much_memory_is_ended_and_says_so(tmp_path):
    async def carried_out():
        jobs = Jobs(tmp_path / "jobs", memory=4_000_000)  # less than Python takes by itself
        task = {"name": "anatomy", "output": str(tmp_path / "lessons" / "anatomy")}
        job = jobs.begin("lesson", "anatomy", task)
        return [event async for _, event in jobs.events(job, 0, 60)], job

    told, job = asyncio.run(carried_out())
    assert [each["kind"] for each in told] == ["failed"]
    assert told[0]["error"].startswith("this takes more than 0.0 GB of memory, the most")
    assert job.status == "failed"
    assert job.to_json()["report"] is False


def test_a_lesson_is_a_page_in_which_every_word_is_escaped():
    lesson = Lesson(name="<b>", shape="one to one", about="&", claim="<script>", run=None)
    table = Table("<i>", ["<td>"], [["<img src=x>"]])
    text = lesson_page(LessonResult(lesson, Finding(True, "</style>", {}, [table]), 1.5, ()))
    assert "<script" not in text
    assert "<img" not in text
    assert "&lt;script&gt;" in text
    assert "the claim holds (1.5 s)" in text


# Processes


@pytest.mark.skipif(not linux, reason="only Linux lists the children of a process")
def test_a_helper_that_dies_is_begun_again(page):
    body = {"run": "folk", "primer": TUNE, "settings": {"bars": 4}}
    before = page.ask("api/generate", body)["takes"]
    begun = children(page.process.pid)
    for process in begun:
        os.kill(process, signal.SIGKILL)
    assert gone(begun)
    assert page.ask("api/generate", body)["takes"] == before
    assert page.ask("api/read", {"text": TUNE})["song"]["notes"]


@pytest.mark.skipif(not linux, reason="only Linux lists the children of a process")
def test_whoever_goes_away_ends_the_work(page):
    settings = {"length": 90_000, "avoid_loops": True}
    data = json.dumps({"run": "folk", "count": 64, "settings": settings}).encode()
    with socket.create_connection((page.host, page.port), 20) as plug:
        head = f"POST {page.root}api/generate HTTP/1.1\r\nhost: localhost\r\n"
        plug.sendall(f"{head}content-length: {len(data)}\r\n\r\n".encode() + data)
        time.sleep(0.5)
    begun = time.monotonic()
    body = {"run": "folk", "primer": TUNE, "settings": {"bars": 4}}
    assert page.ask("api/generate", body)["takes"]
    assert time.monotonic() - begun < 30  # it did not wait for the first one, which takes minutes


@pytest.mark.skipif(not linux, reason="only Linux lists the children of a process")
def test_ctrl_c_ends_everything(tmp_path, nabiya):
    with studio(tmp_path) as page:
        upload = page.ask("api/upload?name=nabiya.txt", nabiya.read_bytes())["upload"]
        job = page.ask("api/train", {"uploads": [upload], "model": "lstm"}, status=201)["job"]
        begun = children(page.process.pid)
        assert len(begun) >= 2
        page.process.send_signal(signal.SIGINT)
        assert page.process.wait(20) == 0
        assert gone(begun)
        assert page.process.stderr.read() == b""
    document = json.loads((tmp_path / "jobs" / f"{job}.json").read_text())
    assert document["status"] in ("stopped", "running")


def test_runs_of_strangers_are_left_out_where_they_cannot_be_read(tmp_path):
    runs = tmp_path / "runs"
    shutil.copytree(FOLDER / "folk", runs / "mine")
    broken = shutil.copytree(FOLDER / "folk", runs / "broken")
    (broken / "run.json").write_text("{}")
    links = shutil.copytree(FOLDER / "folk", runs / "links")
    (links / "weights.npz").unlink()
    outside = tmp_path / "outside.npz"
    shutil.copy(FOLDER / "folk" / "weights.npz", outside)
    (links / "weights.npz").symlink_to(outside)
    with studio(tmp_path, "mine", cwd=runs) as page:
        state = page.ask("api/state")
        assert state["run"] == "mine"
        assert "broken" not in [run["name"] for run in state["runs"]]
        said = page.error("api/generate", {"run": "links", "primer": TUNE})
        assert "a link out of the run folder" in said
        assert str(tmp_path) not in said


# The command


def test_a_port_in_use_and_a_run_that_is_not_are_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        arguments = ["studio", "--no-browser", "--port", str(port), "--folder", str(tmp_path)]
        done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert done.stderr.startswith(f"error: --host 127.0.0.1 --port {port}: address already in use")
    assert "choose another with --port" in done.stderr
    done = CliRunner().invoke(main, ["studio", "nowhere", "--folder", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr.startswith("error: nowhere: no such run")


def test_without_the_extra_the_command_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("melodyrnn.system.extras.find_spec", lambda name: None)
    done = CliRunner().invoke(main, ["studio"])
    assert done.exit_code == 1
    assert done.stderr == (
        "error: the studio needs packages that are not here; pip install 'melodyrnn[studio]'\n"
    )


def test_another_host_is_told_of(monkeypatch):
    begun = {}
    monkeypatch.setattr("melodyrnn.studio.server.serve", lambda *a, **more: begun.update(more))
    done = CliRunner().invoke(main, ["studio", "--host", "0.0.0.0", "--no-browser"])
    assert done.stderr.startswith("note: --host 0.0.0.0 lets other machines reach this page")
    assert done.stderr.count("\n") == 1
    assert begun["host"] == "0.0.0.0"
    assert not CliRunner().invoke(main, ["studio", "--no-browser"]).stderr
