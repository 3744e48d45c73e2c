"""A score as few bytes: the same picture, for pages that hold several."""

import re
from xml.etree import ElementTree as ET

from melodyrnn.render.page import SVG

_LINE = re.compile(r"M(\S+) (\S+) L(\S+) (\S+)")
_NUMBER = r"(-?[\d.]+)"
_MOVED = re.compile(rf"translate\({_NUMBER}, {_NUMBER}\)")
_SCALED = re.compile(rf"scale\({_NUMBER}, \1\)")


def slim(root: ET.Element) -> None:
    """Shorten an engraving: lines that are level or upright are written so, those of a staff as
    one path, and groups that say nothing are left out. The style sheet of the page gives strokes
    their colour (``[stroke-width]``), and knows notes by ``data-n`` and ``wrong``, ``given``,
    ``bracket`` and ``ring``.
    """
    for child in list(root):
        slim(child)
    root.attrib.pop("stroke", None)
    if transform := root.get("transform"):
        moved = _MOVED.sub(r"translate(\1 \2)", transform)
        root.set("transform", _SCALED.sub(r"scale(\1)", moved).replace(") ", ")"))
    if (path := root.get("d")) and (line := _LINE.fullmatch(path)):
        root.set("d", _straight(*line.groups()))
    if root.tag == f"{{{SVG}}}g":
        if "data-n" not in root.attrib and root.get("class") not in ("bracket", "engraving"):
            root.attrib.pop("class", None)
        _join_lines(root)
    root[:] = [each for child in root for each in _without_group(child)]


def _straight(x: str, y: str, to_x: str, to_y: str) -> str:
    if y == to_y:
        return f"M{x} {y}H{to_x}"
    return f"M{x} {y}V{to_y}" if x == to_x else f"M{x} {y}L{to_x} {to_y}"


def _join_lines(group: ET.Element) -> None:
    """Paths side by side that are drawn with one stroke width, as the lines of a staff are."""
    kept: list[ET.Element] = []
    for child in group:
        before = kept[-1] if kept else None
        if before is not None and _same_pen(before, child):
            before.set("d", before.attrib["d"] + child.attrib["d"])
        else:
            kept.append(child)
    group[:] = kept


def _same_pen(one: ET.Element, other: ET.Element) -> bool:
    drawn = one.tag == other.tag == f"{{{SVG}}}path"
    return (
        drawn
        and set(one.attrib) == {"d", "stroke-width"}
        and (one.attrib | {"d": ""} == other.attrib | {"d": ""})
    )


def _without_group(child: ET.Element) -> list[ET.Element]:
    """The children of a group that says nothing of them, in its place."""
    return list(child) if child.tag == f"{{{SVG}}}g" and not child.attrib else [child]
