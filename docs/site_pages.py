"""What makes a site of the repository's pages: a hook of mkdocs, which mkdocs.yml names.

README, CONTRIBUTING, CHANGELOG, the pages of benchmarks and sounds and the notebooks of examples/
lie outside docs/ and join the site here; of a notebook its text, its code and its outputs. A link
from page to page is led to its place in the site; one to a file that the site has not, such as a
source, becomes its words. Formulas become MathML, which browsers draw by themselves.
"""

import json
import posixpath
import re
from html import unescape
from pathlib import Path
from typing import Any

from latex2mathml.converter import convert
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "benchmarks/README.md": "benchmarks/README.md",
    "sounds/README.md": "sounds/README.md",
    "benchmarks/corpus_growth.png": "benchmarks/corpus_growth.png",
    "examples/nabiya.ipynb": "examples/nabiya.md",
    "examples/tradition.ipynb": "examples/tradition.md",
    "examples/own_model.ipynb": "examples/own_model.md",
    "examples/experiment.ipynb": "examples/experiment.md",
}
"""File of the repository, outside docs/ -> its place in the site."""

LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:)([^)#\s]+)(#[^)\s]*)?\)")
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside docs/."""
    for path, place in OUTSIDE.items():
        content: str | bytes = (ROOT / path).read_bytes()
        if path.endswith(".ipynb"):
            content = page_of(json.loads(content), place)
        files.append(File.generated(config, place, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Lead the links of a page to where things are in the site."""
    here = page.file.src_uri
    inside = {place: path for path, place in OUTSIDE.items()}
    folder = posixpath.dirname(inside.get(here, f"docs/{here}"))

    def led(match: re.Match[str]) -> str:
        picture, words, target, heading = match.groups(default="")
        path = posixpath.normpath(posixpath.join(folder, target))
        place = OUTSIDE.get(path, path.removeprefix("docs/"))
        if files.get_file_from_path(place):
            target = posixpath.relpath(place, posixpath.dirname(here) or ".")
            return f"{picture}[{words}]({target}{heading})"
        if (ROOT / path).exists():
            return words
        return match[0]  # leads nowhere, as mkdocs then says

    return LINK.sub(led, markdown)


SHOWN: dict[str, list[str]] = {}
"""Page of a notebook -> the HTML that its cells show, in order."""


def page_of(notebook: dict[str, Any], place: str) -> str:
    """A notebook as Markdown. What a cell shows as HTML is kept in ``SHOWN``, with a mark in its
    place, for Markdown would change it.
    """
    parts, shown = [], SHOWN.setdefault(place, [])
    shown.clear()
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        for output in cell["outputs"]:
            data = output.get("data", {"text/plain": output.get("text", "")})
            if "text/html" in data:
                parts.append(f'<div class="shown">{len(shown)}</div>')
                shown.append("".join(data["text/html"]))
            else:
                parts.append("```text\n" + "".join(data["text/plain"]).rstrip() + "\n```")
    return "\n\n".join(parts) + "\n"


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Draw formulas, and show what the cells of a notebook show."""

    def drawn(match: re.Match[str]) -> str:
        display = "inline" if match[2] == "(" else "block"
        return convert(unescape(match[3]).strip(), display=display)

    shown = SHOWN.get(page.file.src_uri, [])
    html = re.sub(r'<div class="shown">(\d+)</div>', lambda mark: shown[int(mark[1])], html)
    return FORMULA.sub(drawn, html)
