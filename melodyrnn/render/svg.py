"""Trees of SVG and HTML: what is written into an element is escaped when it becomes text."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from melodyrnn.render.page import SVG, XLINK


def element(
    name: str, attributes: Mapping[str, str] | None = None, *children: ET.Element | str
) -> ET.Element:
    """An element with these children; of them a text is the only one."""
    made = ET.Element(name, dict(attributes or {}))
    for child in children:
        if isinstance(child, str):
            made.text = child
        else:
            made.append(child)
    return made


def in_html(root: ET.Element) -> str:
    """A tree of SVG as it stands within HTML: no prefixes, ``href`` without its namespace."""
    for each in root.iter():
        each.tag = each.tag.removeprefix(f"{{{SVG}}}")
        if target := each.attrib.pop(f"{{{XLINK}}}href", None):
            each.set("href", target)
    return ET.tostring(root, encoding="unicode")


def in_namespace(root: ET.Element) -> ET.Element:
    """The tree of a file of its own, whose elements are known to be SVG."""
    for each in root.iter():
        each.tag = f"{{{SVG}}}{each.tag}"
    return root
