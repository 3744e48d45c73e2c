"""A lesson that was carried out, as a page and, at ``#slides``, one thing at a time, each as large
as the screen: what is said, what was found, each table, each picture. Space, Page Down and the
arrow keys turn to the next, as with any page, and so does what a speaker holds in the hand.
"""

from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from melodyrnn.lessons.run_lesson import LessonResult

_STYLE = """
:root { color-scheme: light dark; --line: #8886; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 62rem }
body { font: 1.1rem/1.5 system-ui, sans-serif }
h1 { margin: 0; font-size: 2.2rem; font-weight: 600 }
h2 { margin: 2rem 0 .5rem; font-size: 1.25rem }
dt { margin-top: .8rem; opacity: .75 }
dd { margin: 0; font-size: 1.15rem }
.table { overflow-x: auto }
table { border-collapse: collapse }
th, td { padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); text-align: left }
figure { margin: 2rem 0; padding: 1rem; background: #fff; border-radius: .5rem }
img { display: block; max-width: 100%; height: auto }
html:target { scroll-snap-type: y mandatory; font-size: clamp(18px, 2vw, 40px) }
html:target { color: light-dark(#000, #fff); background: light-dark(#fff, #000) }
html:target { --line: currentColor }
html:target body { margin: 0; padding: 0; max-width: none; font-size: 1rem }
html:target section { box-sizing: border-box; min-height: 100vh; padding: 5vh 6vw; display: grid }
html:target section { align-content: center; scroll-snap-align: start; scroll-snap-stop: always }
html:target h1 { font-size: 3.2rem; line-height: 1.15 }
html:target h2 { margin: 0 0 1rem; font-size: 1.8rem }
html:target dt { opacity: 1 }
html:target dd { font-size: 1.6rem; font-weight: 600 }
html:target figure { margin: 0 auto; width: 100%; box-sizing: border-box }
html:target img { width: 100%; max-height: 84vh; object-fit: contain }
"""


def lesson_page(result: "LessonResult") -> str:
    """HTML, whole in itself. Every word in it is escaped, for it is built as a tree."""
    lesson, finding = result.lesson, result.finding
    page = ET.Element("html", lang="en", id="slides")
    head, body = ET.SubElement(page, "head"), ET.SubElement(page, "body")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(head, "meta", name="viewport", content="width=device-width")
    _add(head, "title", lesson.name)
    _add(head, "style", _STYLE)
    main = ET.SubElement(body, "main")
    first = ET.SubElement(main, "section")
    _add(first, "h1", lesson.name)
    _add(first, "p", f"{lesson.shape}: {lesson.about}")
    _tell(first, {"claim": lesson.claim})
    holds = "the claim holds" if finding.holds else "the claim does not hold"
    so = f"{holds} ({result.seconds:.1f} s)"
    _tell(ET.SubElement(main, "section"), {"found": finding.sentence, "so": so})
    for table in finding.tables:
        section = ET.SubElement(main, "section")
        _add(section, "h2", table.title)
        place = ET.SubElement(ET.SubElement(section, "div", {"class": "table"}), "table")
        for kind, rows in (("th", [table.headings]), ("td", table.rows)):
            for row in rows:
                line = ET.SubElement(place, "tr")
                for cell in row:
                    _add(line, kind, cell)
    for file in result.files:
        if file.suffix == ".svg":
            _picture(ET.SubElement(main, "section"), file)
    return f"<!doctype html>\n{ET.tostring(page, encoding='unicode', method='html')}\n"


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _tell(parent: ET.Element, told: Mapping[str, str]) -> None:
    terms = ET.SubElement(parent, "dl")
    for word, text in told.items():
        _add(terms, "dt", word)
        _add(terms, "dd", text)


def _picture(parent: ET.Element, file: Path) -> None:
    data = b64encode(file.read_bytes()).decode()
    source = f"data:image/svg+xml;base64,{data}"
    ET.SubElement(ET.SubElement(parent, "figure"), "img", src=source, alt=file.stem)
