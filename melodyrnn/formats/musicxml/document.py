"""A MusicXML document in its usual shape: no namespace, and parts that hold their measures."""

from xml.etree import ElementTree as ET


def partwise(root: ET.Element) -> ET.Element:
    """The document without the namespace of its tags, and a timewise score turned into parts.

    A root of another kind is given back as it is.
    """
    if root.tag.startswith("{"):
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
    if root.tag != "score-timewise":
        return root
    turned = ET.Element("score-partwise", root.attrib)
    turned.extend(child for child in root if child.tag != "measure")
    parts: dict[str, ET.Element] = {}
    measures = root.findall("measure")
    for number, measure in enumerate(measures):
        for part in measure.iterfind("part"):
            name = part.get("id", "")
            if name not in parts:
                parts[name] = ET.SubElement(turned, "part", id=name)
            bars = parts[name]
            # A part that is silent in some measures has them all the same.
            while len(bars) < number:
                ET.SubElement(bars, "measure", measures[len(bars)].attrib)
            bars.append(part)
            part.tag, part.attrib = "measure", measure.attrib
    return turned
