"""Results in another language: catalogues, particles, columns; documents stay English."""

import json
import pickle
import sys

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.cli import main
from melodyrnn.console import korean
from melodyrnn.console.language import columns, padded, said, speaking
from melodyrnn.system.sentences import Sentence
from tests.conftest import ROOT

sys.path.append(str(ROOT / "benchmarks"))
import catalogues


def catalogue():
    (path,) = catalogues.LOCALE.rglob("*.po")
    return path, catalogues.read(path)


def run(*arguments, **environment):
    done = CliRunner().invoke(main, [*map(str, arguments)], env=environment)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_catalogue_has_every_text_and_no_other():
    assert list(catalogues.faults(catalogue()[1])) == []


def test_what_is_looked_up_is_made_from_what_is_edited():
    path, kept = catalogue()
    assert path.with_suffix(".mo").read_bytes() == catalogues.compiled(kept)


def test_a_fault_is_found():
    kept = catalogue()[1]
    kept["the MLP"].string = "{mlp}"
    kept.add("nobody says this", "아무도")
    kept["correct"].string = ""
    assert list(catalogues.faults(kept)) == [
        "not translated: 'correct'",
        "asks for {'mlp'}: '{mlp}'",
        "said nowhere: 'nobody says this'",
    ]


@pytest.mark.parametrize(
    ("word", "form", "expected"),
    [
        ("나비야", "을", "를"),
        ("아리랑", "를", "을"),
        ("LSTM", "는", "은"),
        ("MLP", "은", "는"),
        ("GRU", "와", "와"),
        ("3", "가", "이"),
        ("2", "이", "가"),
        ("100", "를", "을"),
        ("7", "으로", "로"),  # 칠로: after ㄹ as after a vowel
        ("6", "로", "으로"),
        ("5%", "은", "는"),  # 퍼센트
        ("'리아리아리랑'", "가", "이"),
        ("", "은", "는"),
    ],
)
def test_a_particle_follows_the_end_of_the_word(word, form, expected):
    assert korean.particle(word, form) == expected


def test_a_sentence_is_english_and_can_be_said():
    sentence = Sentence("the n-gram model {model}", model="ppm")
    assert sentence == "the n-gram model ppm"
    assert json.dumps(sentence) == '"the n-gram model ppm"'
    assert said(sentence) == sentence
    with speaking("ko"):
        assert said(sentence) == "n-그램 모델 ppm"
        assert said(pickle.loads(pickle.dumps(sentence))) == "n-그램 모델 ppm"
        assert said("a name that no catalogue has") == "a name that no catalogue has"
        assert said("") == ""


def test_columns_are_counted_as_a_terminal_shows_them():
    assert columns("음표 a") == 6
    assert padded("음표", 6) == "음표  "


@given(st.text("가나ab ", max_size=12), st.integers(0, 30))
def test_what_is_padded_is_as_wide_as_it_should_be(text, width):
    assert columns(padded(text, width)) == max(width, columns(text))


@pytest.mark.parametrize(
    ("environment", "korean_is_spoken"),
    [
        ({"LC_ALL": "ko_KR.UTF-8"}, True),
        ({"LANG": "ko_KR.UTF-8"}, True),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "de_DE.UTF-8"}, False),
        ({}, False),
    ],
)
def test_the_environment_says_the_language(environment, korean_is_spoken):
    names = dict.fromkeys(("LC_ALL", "LC_MESSAGES", "LANG"), "")
    shown = run("lesson", **names | environment)
    assert ("레슨 18개" in shown) is korean_is_spoken
    assert ("18 lessons" in shown) is not korean_is_spoken


def test_lines_are_no_wider_than_80_columns():
    shown = run("--lang", "ko", "lesson")
    assert max(map(columns, shown.splitlines())) <= 80
    assert "인코더–디코더" in shown


def test_documents_are_the_same_in_every_language():
    assert run("--lang", "ko", "lesson", "--json") == run("lesson", "--json")


def test_a_lesson_and_its_verdict(tmp_path):
    shown = run("--lang", "ko", "lesson", "anatomy", "--output", tmp_path / "anatomy")
    assert "주장이 맞습니다" in shown
    assert "셀이 내보내는 것과 간직하는 것" in shown
    assert max(map(columns, shown.splitlines())) <= 80


def test_what_is_expected_next():
    shown = run("--lang", "ko", "predict", "folk", "g8 b8 d'8", "--count", 2)
    assert "g8 b8 d'8 다음에 기대하는 것" in shown
    assert "확률" in shown


def test_what_a_new_song_copies_and_its_score():
    shown = run("--lang", "ko", "generate", "folk", "--count", 2, "--best", 1, "--bars", 2)
    assert "개 가운데" in shown
    assert "번째로 만든 곡, 점수 -" in shown
    assert not set("abcdefghijklmnopqrstuvwxyz") & set(shown.splitlines()[2])


def test_how_well_a_song_is_predicted(tmp_path):
    shown = run("--lang", "ko", "evaluate", "folk", ROOT / "songs" / "nabiya.txt")
    assert "viewpoints, 창 1, 한 곡, 훈련 집합에 없음" in shown
    for word in ("음표 54개, 저마다 앞의 음표들을 보고 예측", "음높이", "끝 포함", "머리 정보"):
        assert word in shown
    words = " ".join(shown.split()).replace("viewpoints", "")
    assert not set("abcdefghijklmnopqrstuvwxyz") & set(words)


def test_a_language_that_is_not_known_is_a_wrong_option():
    done = CliRunner().invoke(main, ["--lang", "de", "lesson"])
    assert done.exit_code == 2
    assert "'de' is not one of 'en', 'ko'" in done.output
