"""``%%`` and ``I:``: which of them bear on what is heard."""

import re

_LOOKS = re.compile(
    r".*(?:font|space|sep|margin|width|height|colou?r|box|fac|shrink|scale|indent|dir|staff|numbers)"
    r"|setfont-\d|abc-(?:charset|version|creator|edited-by)|charset|text|center|centre|sep|vskip"
    r"|newpage|header|footer|writefields|landscape|papersize|measure(?:nb|first|repeat)|barnumbers"
    r"|setbarnb|barsperstaff|continueall|contbarnb|linebreak|decoration|deco|score|staves|voicecolor"
    r"|exprabove|exprbelow|gchord|dynamic|dynamics|vocal|ornament|volume|stemdir|stem|graceslurs"
    r"|slurgraces|grace(?:word|slurs)|titlecaps|titleleft|titletrim|titleformat|infoline|infoname"
    r"|aligncomposer|oneperpage|splittune|hyphencont|pango|print(?:parts|tempo)|flatbeams|stretchlast"
    r"|straightflags|writeout-accidentals|user|postscript|ps|eps|format|encoding|abc2pscompat|abcm2ps"
    r"|alignbars|autoclef|breaklimit|breakoneoln|bstemdown|cancelkey|comball|combinevoices|custos"
    r"|dateformat|dblrepbar|equalbars|keywarn|timewarn|landscape|micronewps|microscale|musiconly"
    r"|notespacingfactor|partsbox|pdfmark|rbdbstop|rbmax|rbmin|scale|select|shifthnote|shiftunison"
    r"|slurheight|squarebreve|stafftopmargin|staffnonote|sysstaffsep|textoption|trimsvg|tune|tuplets"
    r"|visualtranspose|wordsbelow|nobarcheck|clef|pos|style|map|voicemap",
    re.IGNORECASE,
)
"""Those for paper and screen."""

_PLAYED = frozenset({"c", "nobarlines", "ratio", "rtranspose", "transpose"})
"""Those of ``%%MIDI`` that change pitches or times, which are not read; others change the sound."""

_PROPAGATE = "propagate-accidentals"
_PROPAGATIONS = ("not", "octave", "pitch")
MARK = "%%"
"""What an instruction begins with that is written as a comment."""


def is_unread(instruction: str) -> bool:
    """Whether an instruction may bear on what is heard, and is not read here.

    Without ``%%`` it may be a word of information, as I: was before it gave instructions.
    """
    name, *words = instruction.split() or [""]
    if not name.startswith(MARK):
        return False
    name = name.removeprefix(MARK)
    if name.upper() == "MIDI":
        return bool(words) and words[0].lower() in _PLAYED
    return not _LOOKS.fullmatch(name)


def propagation(instruction: str) -> str | None:
    """How far accidentals hold, where an instruction says so: a word of _PROPAGATIONS."""
    name, *words = instruction.split() or [""]
    known = name.removeprefix(MARK) == _PROPAGATE and words and words[0] in _PROPAGATIONS
    return words[0] if known else None
