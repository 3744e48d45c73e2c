"""Chord symbols of MusicXML: ``<harmony>`` -> ``Am7``, and back."""

from xml.etree import ElementTree as ET

from melodyrnn.formats.musicxml.lengths import number_in
from melodyrnn.music.chord_kinds import QUALITIES, kind_of
from melodyrnn.music.chord_symbols import NO_CHORD, ChordSymbol, read_chord

_SIGNS = {-2: "bb", -1: "b", 0: "", 1: "#", 2: "##"}


def chord_in(harmony: ET.Element) -> str:
    """The symbol as it is written, "?" for functions and other signs without a root.

    Its kind as its text has it where that can be read, else as its value and degrees say it.
    Raises NotationError where a number is none.
    """
    kind = harmony.find("kind")
    value = "" if kind is None else (kind.text or "").strip()
    if value == "none":
        return NO_CHORD
    root = _name(harmony, "root")
    if not root:
        return "?"
    bass = _name(harmony, "bass")
    slash = f"/{bass}" if bass else ""
    text = "" if kind is None else kind.get("text", "")
    degrees = "".join(map(_degree, harmony.iterfind("degree")))
    if text and not degrees and read_chord(root + text):
        return root + text + slash
    return root + QUALITIES.get(value, text) + degrees + slash


def _name(harmony: ET.Element, part: str) -> str:
    """``Bb`` of a root or a bass."""
    step = (harmony.findtext(f"{part}/{part}-step") or "").strip()
    alter = harmony.find(part)
    sign = 0 if alter is None else round(number_in(alter, f"{part}-alter"))
    return f"{step}{_SIGNS.get(sign, '?')}" if step else ""


def _degree(degree: ET.Element) -> str:
    """``b9``, ``add9``, ``no3``."""
    value = round(number_in(degree, "degree-value"))
    sign = _SIGNS.get(round(number_in(degree, "degree-alter")), "")
    kind = (degree.findtext("degree-type") or "").strip()
    if kind == "subtract":
        return f"no{value}"
    return f"{sign}{value}" if sign or kind == "alter" else f"add{value}"


def write_harmony(measure: ET.Element, name: str) -> ET.Element:
    """Add the chord symbol of that name, which can be read, to a measure."""
    chord = read_chord(name) or ChordSymbol("", "", "")
    harmony = ET.SubElement(measure, "harmony")
    if not chord.root:
        # MusicXML asks for a root; shown is the text of its kind alone.
        _write_name(harmony, "root", "C")
        harmony[0][0].set("text", "")
        ET.SubElement(harmony, "kind", text=NO_CHORD).text = "none"
        return harmony
    _write_name(harmony, "root", chord.root)
    ET.SubElement(harmony, "kind", text=chord.quality).text = kind_of(chord.quality)
    if chord.bass:
        _write_name(harmony, "bass", chord.bass)
    return harmony


def _write_name(harmony: ET.Element, part: str, name: str) -> None:
    element = ET.SubElement(harmony, part)
    ET.SubElement(element, f"{part}-step").text = name[0]
    if alter := name.count("#") - name[1:].count("b"):
        ET.SubElement(element, f"{part}-alter").text = str(alter)
