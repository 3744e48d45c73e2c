"""The site has every page, and its reference every public name."""

import re
from pathlib import Path

import melodyrnn

ROOT = Path(__file__).parent.parent


def test_every_page_stands_in_the_navigation():
    written = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    named = set(re.findall(r": ([\w/]+\.md)$", written, re.MULTILINE))
    docs = ROOT / "docs"
    assert {page.relative_to(docs).as_posix() for page in docs.rglob("*.md")} <= named
    notebooks = (ROOT / "examples").glob("*.ipynb")
    assert {f"examples/{notebook.stem}.md" for notebook in notebooks} <= named


def test_the_reference_has_every_public_name():
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"^::: melodyrnn\.(\w+)$", page, re.MULTILINE)) == melodyrnn.__all__
