# ruff: noqa: RUF001 - words of many scripts
"""What the name of a track says of it: whether it has the melody, or accompanies.

Words stand without accents and in lower case, as ``_plain`` makes them. Those of scripts that
separate words are compared whole, those of others wherever they stand in a name.
"""

import re
from functools import lru_cache
from itertools import chain
from unicodedata import combining, normalize

ACCOMPANIES, SAYS_NOTHING = -1, 0
"""Ranks of names; those that speak for a melody are above."""

_MELODY = {
    4: """
        mel melo dallam μελωδια לחן מנגינה لحن ทำนอง
        멜로디 선율 メロディ メロデイ 主旋律 旋律
        """,
    3: """
        voice vox voc singer singing sing sung leadvocal leadvocals mainvocal
        singstimme stimme solostimme hauptstimme oberstimme sanger sangerin
        chant voix chanteur chanteuse voz voces cantante cantor cantora canto voce voci vocale
        zang stem sang rost stemme laulu aani spiew głos zpev hlas glas enek veu sarki
        голос пение спів φωνη τραγουδι שירה קול غناء ร้อง
        보컬 노래 가창 목소리 보이스 ボーカル ヴォーカル ボカル 歌 うた 唄
        人声 人聲 主唱 演唱 独唱 獨唱
        """,
    2: """
        lead leads solo solos soloist soloistin soliste solista tune theme thema tema topline
        соло тема 리드 솔로 독창 リード ソロ 主奏 独奏 獨奏
        """,
    1: "soprano sopran soprani soprane cantus superius discantus сопрано 소프라노 ソプラノ 女高音",
}
"""Rank -> words."""

_STEMS = {"melod": 4, "мелод": 4, "vocal": 3, "vokal": 3, "wokal": 3, "вокал": 3, "gesang": 3}
"""What stands in words of many languages and in their compounds -> rank."""

_SHARES = """
    choir choirs chorus choruses chorale coro cori chor chore choeur choeurs koor kor oohs ooh aahs
    aah ahs ahh second secondary zweite zweiter 2nd duet echo double doubling counter countermelody
    gegenstimme gegenmelodie unterstimme bgv bgvs back
    хор 코러스 합창 화음 コーラス ハモリ 合唱 和声 和聲
    """
"""With these a name does not speak for a melody, and not against one either."""

_ACCOMPANIMENT = """
    accompaniment accomp comping comp begleitung accompagnement accompagnamento acompanamiento
    acompanhamento backing background backup pad pads bass basse basso bajo baixo bas bassline
    contrabass kontrabass doublebass chord chords akkorde akkord accords accordi acordes harmony
    harmonies harmonie drum drums drumkit drumset percussion perc schlagzeug batterie batteria
    bateria rhythm strings streicher archi cuerdas cordas cordes arpeggio arpeggios arp fx click
    metronome continuo аккомпанемент бас ударные аккорды
    반주 베이스 드럼 스트링 패드 코드 伴奏 ベース ドラム コード ストリングス 贝斯 貝斯 鼓 和弦 弦乐
    """
_INSTRUMENTS = """
    piano pianoforte klavier keyboard keys guitar gitarre guitare guitarra chitarra violin violins
    violine violon viola cello violoncello flute flote oboe clarinet klarinette bassoon fagott
    trumpet trompete trombone posaune horn tuba sax saxophone organ orgel harp harpsichord cembalo
    celesta marimba vibraphone xylophone accordion harmonica recorder synth brass woodwinds alto
    tenor alt right left hand track staff part channel instrument untitled
    피아노 기타 바이올린 플루트 ピアノ ギター フルート 钢琴 鋼琴 吉他 小提琴
    """


def _plain(name: str) -> str:
    """Without accents, in lower case; ``LeadVocal`` as two words."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    letters = (c for c in normalize("NFKD", apart) if not combining(c))
    return normalize("NFC", "".join(letters)).casefold()


def _words(text: str) -> frozenset[str]:
    return frozenset(map(_plain, text.split()))


_RANKS = _STEMS | {word: rank for rank, text in _MELODY.items() for word in _words(text)}
_AGAINST, _SHARED = _words(_ACCOMPANIMENT), _words(_SHARES)
_PARTS = frozenset(chain(_RANKS, _AGAINST, _SHARED, _words(_INSTRUMENTS)))
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""A sign of Thai, Korean, Japanese or Chinese."""
_RUNNING = tuple(filter(_UNSPACED.match, sorted(_PARTS)))
"""Words of those."""
_WORD = re.compile(r"\d*[^\W\d_]+")


@lru_cache(4096)
def _found(name: str) -> frozenset[str]:
    """The words of the tables that stand in a name."""
    plain = _plain(name)
    words = set(_WORD.findall(plain)) | {word.lstrip("0123456789") for word in _WORD.findall(plain)}
    unspaced = {word for word in _RUNNING if word in plain}
    stems = {stem for stem in _STEMS for word in words if stem in word}
    return frozenset(unspaced | stems | (words & _PARTS))


def rank(name: str) -> int:
    """How much a track's name speaks for its having the melody: the higher the more, from 1 on;
    ``SAYS_NOTHING``; ``ACCOMPANIES``.
    """
    words = _found(name)
    if words & _AGAINST:
        return ACCOMPANIES
    if words & _SHARED:
        return SAYS_NOTHING
    return max((_RANKS.get(word, SAYS_NOTHING) for word in words), default=SAYS_NOTHING)


def said(rank: int) -> str:
    """What a name of that rank says of its track, in a word; "" for nothing."""
    return "accompaniment" if rank < SAYS_NOTHING else "melody" if rank > SAYS_NOTHING else ""


def names_part(name: str) -> bool:
    """Whether it names a part, as ``Violin 1`` does, and no piece."""
    return bool(_found(name))
