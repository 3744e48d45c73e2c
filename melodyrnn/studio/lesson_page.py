"""A lesson that was carried out, as a page large enough to be projected."""

from base64 import b64encode
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
"""


def lesson_page(result: "LessonResult") -> str:
    """HTML, whole in itself. Every word in it is escaped, for it is built as a tree."""
    lesson, finding = result.lesson, result.finding
    page = ET.Element("html", lang="en")
    head, body = ET.SubElement(page, "head"), ET.SubElement(page, "body")
    ET.SubElement(head, "meta", charset="utf-8")
    ET.SubElement(head, "meta", name="viewport", content="width=device-width")
    _add(head, "title", lesson.name)
    _add(head, "style", _STYLE)
    main = ET.SubElement(body, "main")
    _add(main, "h1", lesson.name)
    _add(main, "p", f"{lesson.shape}: {lesson.about}")
    told = ET.SubElement(main, "dl")
    holds = "the claim holds" if finding.holds else "the claim does not hold"
    for word, text in (
        ("claim", lesson.claim),
        ("found", finding.sentence),
        ("so", f"{holds} ({result.seconds:.1f} s)"),
    ):
        _add(told, "dt", word)
        _add(told, "dd", text)
    for table in finding.tables:
        _add(main, "h2", table.title)
        place = ET.SubElement(ET.SubElement(main, "div", {"class": "table"}), "table")
        for kind, rows in (("th", [table.headings]), ("td", table.rows)):
            for row in rows:
                line = ET.SubElement(place, "tr")
                for cell in row:
                    _add(line, kind, cell)
    for file in result.files:
        if file.suffix == ".svg":
            _picture(main, file)
    return f"<!doctype html>\n{ET.tostring(page, encoding='unicode', method='html')}\n"


def _add(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = text


def _picture(parent: ET.Element, file: Path) -> None:
    data = b64encode(file.read_bytes()).decode()
    source = f"data:image/svg+xml;base64,{data}"
    ET.SubElement(ET.SubElement(parent, "figure"), "img", src=source, alt=file.stem)
