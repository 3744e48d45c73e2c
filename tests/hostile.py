"""Files that ask for much in few characters, of any size: ``FILES[name](n)`` is what each holds.

``name`` ends in the suffix of the file. Each grows in proportion to ``n``.
"""

import io
import zipfile
from struct import pack


def abc(music="C D E F", head="", key="C"):
    return f"X:1\nT:t\nM:4/4\nL:1/8\n{head}K:{key}\n{music}\n".encode()


def xml(measures, head="", parts=1, names=""):
    listed = "".join(
        f'<score-part id="P{n}"><part-name>{names}</part-name></score-part>' for n in range(parts)
    )
    music = "".join(f'<part id="P{n}">{measures}</part>' for n in range(parts))
    return (
        f'<?xml version="1.0"?><score-partwise version="4.0">{head}'
        f"<part-list>{listed}</part-list>{music}</score-partwise>"
    ).encode()


NOTE = "<note><pitch><step>C</step><octave>4</octave></pitch><duration>1</duration></note>"
TIME = "<time><beats>4</beats><beat-type>4</beat-type></time>"


def measure(inside=NOTE, divisions="1", time=TIME, number="1"):
    signs = f"<attributes><divisions>{divisions}</divisions>{time}</attributes>"
    return f'<measure number="{number}">{signs}{inside}</measure>'


def note(duration="1", octave="4", more=""):
    return (
        f"<note><pitch><step>C</step><octave>{octave}</octave></pitch>"
        f"<duration>{duration}</duration>{more}</note>"
    )


def zipped(document, others=0):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("score.xml", document)
        for number in range(others):
            archive.writestr(f"{number}.txt", "")
    return content.getvalue()


def varying(number):
    """A MIDI number of up to four bytes."""
    groups = [number & 0x7F]
    while number := number >> 7:
        groups.insert(0, number & 0x7F | 0x80)
    return bytes(groups)


def midi(*tracks, division=480, kind=1):
    chunks = b"".join(b"MTrk" + pack(">I", len(track)) + track for track in tracks)
    return b"MThd" + pack(">IHHH", 6, kind, len(tracks), division) + chunks


END = b"\0\xff\x2f\0"
STROKE = b"\0\x90\x3c\x40\x60\x3c\0"  # a 16th; running status within it


def text_event(data, number=1):
    return b"\0\xff" + bytes([number]) + varying(len(data)) + data


def krn(lines):
    return "\n".join(["**kern", "*M4/4", *lines, "*-", ""]).encode()


def primes(count):
    """Small numbers without common factors."""
    found = [2]
    while len(found) < count:
        last = found[-1] + 1
        while any(last % prime == 0 for prime in found):
            last += 1
        found.append(last)
    return found


PRIMES = primes(200)


def by_primes(n):
    return " ".join(f"C/{PRIMES[place % 200]}" for place in range(n))


ACCENTS = "\u0301\u0323"  # combining marks in the order that is not canonical

FILES = {
    # ABC
    "title.abc": lambda n: abc(head=f"T:{'x' * n}\n"),
    "titles.abc": lambda n: abc(head="T:x\n" * n),
    "composers.abc": lambda n: abc(head="C:x\n" * n),
    "combining.abc": lambda n: abc().replace(b"T:t", ("T:t" + ACCENTS * n).encode()),
    "escapes.abc": lambda n: abc().replace(b"T:t", b"T:" + rb"\'e" * n),
    "tempo.abc": lambda n: abc(head=f"Q:{'1' * n}\n"),
    "tempo-sum.abc": lambda n: abc(head=f"Q:{'1/8 ' * n}=60\n"),
    "meter.abc": lambda n: abc(head=f"M:({' ' * n}1\n"),
    "meter-sum.abc": lambda n: abc(head=f"M:{'1+' * n}1/8\n"),
    "unit.abc": lambda n: abc(head=f"L:1/{'8' * n}\n"),
    "number.abc": lambda n: abc().replace(b"X:1", b"X:" + b"1" * n),
    "key.abc": lambda n: abc(key="C" + " ^c" * n),
    "key-blanks.abc": lambda n: abc(key="C" + " " * n + "x"),
    "length.abc": lambda n: abc("C" + "9" * n),
    "slashes.abc": lambda n: abc("C" + "/" * n),
    "octave.abc": lambda n: abc("c" + "'" * n),
    "octaves.abc": lambda n: abc("c',',',',',' " * n),
    "broken.abc": lambda n: abc("A" + ">" * n),
    "broken-rests.abc": lambda n: abc("z" + ">" * n),
    "broken-pairs.abc": lambda n: abc("A>B " * n),
    "brackets.abc": lambda n: abc("A" + "[" * n),
    "chords.abc": lambda n: abc("[CEG]" * n),
    "fields.abc": lambda n: abc("A" + "[K:" * n),
    "braces.abc": lambda n: abc("A" + "{" * n),
    "graces.abc": lambda n: abc("{cd}A" * n),
    "quotes.abc": lambda n: abc("A" + '"x' * n),
    "shouts.abc": lambda n: abc("A" + "!x " * n),
    "pluses.abc": lambda n: abc("A" + "+x " * n),
    "colons.abc": lambda n: abc("A" + ":" * n),
    "bars.abc": lambda n: abc("A|" * n),
    "lines.abc": lambda n: abc("A" + "|" * n),
    "tuplets.abc": lambda n: abc("(3CDE (5CDEFG " * n),
    "primes.abc": lambda n: abc(by_primes(n)),
    "prime-bars.abc": lambda n: abc(by_primes(n).replace(" ", "|")),
    "rests.abc": lambda n: abc("A" + "Z999" * n),
    "ties.abc": lambda n: abc("A-" * n),
    "ending-bars.abc": lambda n: abc("[1 " + "C|" * n),
    "endings.abc": lambda n: abc("|:" + "C|1 D:|2 E|" * n),
    "ending-list.abc": lambda n: abc("|:C|1" + ",2" * n + " D:|2 E|"),
    "ending-span.abc": lambda n: abc("|:C|1-" + "9" * n + " D:|2 E|"),
    "ending-spans.abc": lambda n: abc("|:C|1" + "-2" * n + " D:|2 E|"),
    "repeats.abc": lambda n: abc("|:C:|" * n),
    "nested.abc": lambda n: abc("|:" * n + "C" + ":|" * n),
    "many-times.abc": lambda n: abc("C|" * n + ":" * 15 + "|"),
    "da-capo.abc": lambda n: abc("C|!D.C.!D|" * n),
    "voices.abc": lambda n: abc("".join(f"[V:{v}]C" for v in range(n))),
    "keys.abc": lambda n: abc("[K:G]C[K:F]C" * n),
    "meters.abc": lambda n: abc("[M:3/4]C[M:2/4]C" * n),
    "decorations.abc": lambda n: abc("!trill!C" * n),
    "unknown.abc": lambda n: abc("C" + "#" * n),
    "overlays.abc": lambda n: abc("C&D|" * n),
    "comments.abc": lambda n: abc("C\n" + "%x\n" * n),
    "tunes.abc": lambda n: b"X:1\nK:C\nCDE\n\n" * n,
    "heads.abc": lambda n: b"X:1\n" * n + b"K:C\nC\n",
    "file-header.abc": lambda n: b"%%x\nM:4/4\n" * n + abc(),
    "blank.abc": lambda n: abc() + b"\n" * n,
    # text
    "title.txt": lambda n: f"title: {'x' * n}\nc4 d4 e4 f4 g4".encode(),
    "combining.txt": lambda n: f"title: t{ACCENTS * n}\nc4 d4 e4 f4 g4".encode(),
    "tempo.txt": lambda n: f"tempo: {'1' * n}\nc4 d4 e4 f4 g4".encode(),
    "pickup.txt": lambda n: f"pickup: {'64+' * n}64\nc4 d4 e4 f4 g4".encode(),
    "codes.txt": lambda n: f"codes: {'c4 ' * n}\nc4 d4 e4 f4 g4".encode(),
    "notes.txt": lambda n: b"c4 d8 " * n,
    "ties.txt": lambda n: b"c4~ " * n + b"c4 d4 e4 f4 g4",
    "rests.txt": lambda n: b"c4 d4 e4 f4 " + b"r1 " * n,
    "bars.txt": lambda n: b"c4 d4 e4 f4 g4" + b" |" * n,
    "meters.txt": lambda n: b"3/4 c2. 4/4 d1 " * n,
    "tuplets.txt": lambda n: b"trip{" + b"c4 c4 c4 c4 d8 " * n + b"}",
    "open.txt": lambda n: b"c4 " + b"trip{" * n,
    "close.txt": lambda n: b"c4 " + b"}" * n,
    "length.txt": lambda n: b"c" + b"4" * n,
    "dots.txt": lambda n: b"c4" + b"." * n,
    "letters.txt": lambda n: b"C" * n,
    "blanks.txt": lambda n: b" " * n + b"c4 d4 e4 f4 g4",
    "headers.txt": lambda n: b"x" * n + b": y",
    "lines.txt": lambda n: b"c4 d4 e4 f4 g4\n" + b"%\n" * n,
    # MIDI
    "notes.mid": lambda n: midi(STROKE * n + END),
    "played.mid": lambda n: midi(b"".join(b"\0\x90\x3c\x40" + varying(50 + i * i % 97) + b"\x3c\0" for i in range(n)) + END),
    "stacked.mid": lambda n: midi(b"\0\x90\x3c\x40" * n + b"\x60\x3c\0" * n + END),
    "waiting.mid": lambda n: midi(b"".join(b"\1\x90" + bytes([60 + i % 60]) + b"\x40" for i in range(n)) + b"".join(b"\x60\x90" + bytes([60 + i % 60]) + b"\0" for i in range(n)) + END),
    "open.mid": lambda n: midi(b"\x60\x90\x3c\x40" * n + END),
    "long.mid": lambda n: midi(b"\7\x90\x3c\x40" + (varying(n * 480) + b"\x3c\0") + b"\0\x3e\x40\x60\x3e\0" * 9 + END),
    "title.mid": lambda n: midi(text_event(b"x" * n, 3) + STROKE * 9 + END),
    "combining.mid": lambda n: midi(text_event((ACCENTS * n).encode(), 3) + STROKE * 9 + END),
    "composer.mid": lambda n: midi(text_event(b"composer: " + b"x" * n) + STROKE * 9 + END),
    "pickup.mid": lambda n: midi(text_event(b"pickup: " + b"1" * n) + STROKE * 9 + END),
    "texts.mid": lambda n: midi(text_event(b"composer: x") * n + STROKE * 9 + END),
    "tempi.mid": lambda n: midi(b"\1\xff\x51\3\7\xa1\x20\1\xff\x51\3\6\xa1\x20" * n + STROKE * 9 + END),
    "smpte-tempi.mid": lambda n: midi(b"\1\xff\x51\3\7\xa1\x20\1\xff\x51\3\6\xa1\x21" * n + STROKE * 9 + END, division=0xE728),
    "meters.mid": lambda n: midi(b"\1\xff\x58\4\3\2\x18\x08\1\xff\x58\4\4\2\x18\x08" * n + STROKE * 9 + END),
    "keys.mid": lambda n: midi(b"\0\xff\x59\2\1\0\0\xff\x59\2\2\0" * n + STROKE * 9 + END),
    "tracks.mid": lambda n: midi(*[STROKE * 2 + END] * min(n, 65_000)),
    "tracks-apart.mid": lambda n: midi(*[STROKE * 5 + END] * min(n, 65_000), kind=2),
    "empty-tracks.mid": lambda n: midi(STROKE * 9 + END, *[END] * min(n, 65_000)),
    "controls.mid": lambda n: midi(b"\0\xb0\1\1" * n + STROKE * 9 + END),
    "riff.mid": lambda n: b"RIFF\0\0\0\0RMID" + b"x\0\0\0\0\0\0\0" * n,
    "chunks.mid": lambda n: b"MThd\0\0\0\6\0\1\0\2\1\xe0" + b"XXXX\0\0\0\0" * n,
    # MusicXML
    "notes.xml": lambda n: xml(measure(NOTE * n)),
    "bars.xml": lambda n: xml(measure(NOTE * 4) + "<measure/>" * n),
    "rests.xml": lambda n: xml(measure(NOTE * 5 + "<note><rest/><duration>1</duration></note>" * n)),
    "chord.xml": lambda n: xml(measure(NOTE + note(more="").replace("<pitch>", "<chord/><pitch>") * n)),
    "beats.xml": lambda n: xml(measure(NOTE * 5, time=TIME.replace(">4</beats", f">{n}</beats"))),
    "beats-sum.xml": lambda n: xml(measure(NOTE * 5, time=TIME.replace(">4</beats", f">{'1+' * n}1</beats"))),
    "beat-type.xml": lambda n: xml(measure(NOTE * 5, time=TIME.replace(">4</beat-", f">{'1' * n}</beat-"))),
    "duration.xml": lambda n: xml(measure(note("1" * n) * 5)),
    "negative.xml": lambda n: xml(measure(note(f"-{n}") + NOTE * 5)),
    "infinite.xml": lambda n: xml(measure(note("inf") + NOTE * 5 + " " * n)),
    "no-number.xml": lambda n: xml(measure(note("nan") + NOTE * 5 + " " * n)),
    "divisions.xml": lambda n: xml(measure(NOTE * 5, divisions="1" * n)),
    "octave.xml": lambda n: xml(measure(note(octave="9" * n) * 5)),
    "dots.xml": lambda n: xml(measure(note(more="<type>quarter</type>" + "<dot/>" * n) * 5)),
    "ending.xml": lambda n: xml(measure(NOTE * 4 + f'<barline location="left"><ending number="1-{n}" type="start"/></barline><barline location="right"><ending number="1" type="stop"/><repeat direction="backward"/></barline>')),
    "times.xml": lambda n: xml(measure(NOTE * 4 + f'<barline location="right"><repeat direction="backward" times="{n}"/></barline>')),
    "multiple-rest.xml": lambda n: xml(measure(f"<attributes><measure-style><multiple-rest>{n}</multiple-rest></measure-style></attributes>" + NOTE * 5)),
    "transpose.xml": lambda n: xml(measure(f"<attributes><transpose><chromatic>{n}</chromatic></transpose></attributes>" + NOTE * 5)),
    "parts.xml": lambda n: xml(measure(NOTE * 5), parts=n),
    "title.xml": lambda n: xml(measure(NOTE * 5), head=f"<work><work-title>{'x' * n}</work-title></work>"),
    "combining.xml": lambda n: xml(measure(NOTE * 5), head=f"<work><work-title>{'&#769;&#803;' * n}</work-title></work>"),
    "credits.xml": lambda n: xml(measure(NOTE * 5), head="<credit><credit-words>x</credit-words></credit>" * n),
    "codes.xml": lambda n: xml(measure(NOTE * 5), head=f'<identification><miscellaneous><miscellaneous-field name="codes">{"c4 " * n}</miscellaneous-field></miscellaneous></identification>'),
    "deep.xml": lambda n: xml(measure(NOTE * 5 + "<a>" * n + "</a>" * n)),
    "number.xml": lambda n: xml(measure(NOTE * 5, number="1" * n)),
    "attributes.xml": lambda n: xml(measure(NOTE * 5)).replace(b"<measure ", b"<measure " + b"".join(b'a%d="" ' % i for i in range(n))),
    "lyrics.xml": lambda n: xml(measure(note(more="<lyric><text>x</text></lyric>" * n) + NOTE * 5)),
    "directions.xml": lambda n: xml(measure(NOTE * 5 + '<direction><direction-type><words>x</words></direction-type><sound tempo="60"/></direction>' * n)),
    "notes.mxl": lambda n: zipped(xml(measure(NOTE * n))),
    "bomb.mxl": lambda n: zipped(xml(measure(NOTE * 5 + " " * 100 * n))),
    "entries.mxl": lambda n: zipped(xml(measure(NOTE * 5)), others=n),
    # Humdrum
    "notes.krn": lambda n: krn(["4c"] * n),
    "bars.krn": lambda n: krn(["4c", "="] * n),
    "dots.krn": lambda n: krn(["4" + "." * n + "c", *["4c"] * 5]),
    "digits.krn": lambda n: krn(["4" * n + "c", *["4c"] * 5]),
    "octave.krn": lambda n: krn(["4" + "c" * n, *["4c"] * 5]),
    "chord.krn": lambda n: krn([" ".join(["4c"] * n), *["4c"] * 5]),
    "spines.krn": lambda n: "\n".join("\t".join([word] * n) for word in ("**kern", "4c", "4d", "4e", "4f", "4g", "*-")).encode(),
    "splits.krn": lambda n: krn(["4c"] * 5 + ["*^", "4c\t4e", "*v\t*v"] * n),
    "comments.krn": lambda n: krn(["4c"] * 5) + b"!!\n" * n + krn(["4c"] * 5),
    "pieces.krn": lambda n: krn(["4c"] * 5) * n,
    "references.krn": lambda n: b"!!!OTL: x\n" * n + krn(["4c"] * 5),
    "title.krn": lambda n: b"!!!OTL: " + b"x" * n + b"\n" + krn(["4c"] * 5),
    "tabs.krn": lambda n: b"\t" * n + b"**kern\n",
}  # fmt: skip
