"""A run as a page: one HTML file in which the network itself plays.

It asks the network for nothing: the engine, the weights, the engraver and the sounds are inside it.
"""

import json
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

from markupsafe import Markup

from melodyrnn.export.bundle import bundle
from melodyrnn.export.document import document_of
from melodyrnn.music.song import DEFAULT_TEMPO
from melodyrnn.render.pages.environment import file, filled
from melodyrnn.render.pages.sound import scale_sound
from melodyrnn.render.pages.web_page import style
from melodyrnn.runs.run import Run

FOLDER = Path(__file__).parent
ENGRAVER = "vendor/abcjs/abcjs-basic-min.js"
"""Unmodified; its licence, which it begins with a mention of, stands beside it and in the page."""


def page(run: Run, *, title: str | None = None, instrument: str | None = None) -> bytes:
    """The page, as HTML in UTF-8. The same run gives the same bytes.

    ``title`` stands above it, by default the name of the run; ``instrument`` is what it sounds
    like. Raises ConfigError, with the reason, for a run that no page can play.
    """
    document = document_of(run)
    title = run.path.name if title is None else title
    heights = [midi for midi in document.get("tokens", {}).get("midi", ()) if midi is not None]
    scripts = [bundle(FOLDER / "page" / "page.js")]
    if heights:
        scripts[:0] = [_engraver(), file("player.js")]
    written = filled(
        "exported.html",
        title=title,
        policy=_policy(scripts),
        style=style([title, _words()]) + file("exported.css"),
        text=not heights,
        run=_json(document),
        sounds=_json(scale_sound(min(heights), max(heights), instrument)) if heights else None,
        tempo=f"{document.get('songs', {}).get('tempo') or DEFAULT_TEMPO:g}",
        scripts=[Markup(script) for script in scripts],
    )
    return written.encode()


def _words() -> str:
    """What the page says, in all its languages."""
    return FOLDER.joinpath("page", "words.js").read_text("utf-8")


def _engraver() -> str:
    """With its licence, which asks to go with every copy."""
    script = FOLDER.joinpath(ENGRAVER).read_text("utf-8")
    notice = FOLDER.joinpath(ENGRAVER).with_name("LICENSE").read_text("utf-8")
    return f"/*\n{notice}*/\n{script}"


def _policy(scripts: list[str]) -> str:
    """Has the browser refuse any request, and any script that is not one of these."""
    digests = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        "media-src blob:; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    )


def _json(value: Any) -> Markup:
    """JSON that may stand within a script element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))
