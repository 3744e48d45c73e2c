"""What makes a site of the repository's pages: a hook of mkdocs, which mkdocs.yml names.

README, CONTRIBUTING, CHANGELOG and the pages of benchmarks and sounds lie outside docs/ and join
the site here. A link from page to page is led to its place in the site; one to a file that the site
has not, such as a source, becomes its words. Formulas become MathML, which browsers draw by
themselves.
"""

import posixpath
import re
from html import unescape
from pathlib import Path

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
}
"""File of the repository, outside docs/ -> its place in the site."""

LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:)([^)#\s]+)(#[^)\s]*)?\)")
FORMULA = re.compile(r'<(span|div) class="arithmatex">\\([(\[])(.*?)\\[)\]]</\1>', re.DOTALL)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add what lies outside docs/."""
    for path, place in OUTSIDE.items():
        content = (ROOT / path).read_bytes()
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


def on_page_content(html: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Draw formulas."""

    def drawn(match: re.Match[str]) -> str:
        display = "inline" if match[2] == "(" else "block"
        return convert(unescape(match[3]).strip(), display=display)

    return FORMULA.sub(drawn, html)
