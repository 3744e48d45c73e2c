"""Modules of JavaScript as one script, for a page that is opened from the disk: there a browser
loads no modules.

It asks of the modules what this project writes anyway: imports of names from files beside, each
``import { a, b } from "./x.js";`` at the start of a line (or ``export`` of them), exports before
``function``, ``class``, ``const`` or ``async``, and at the top one name a declaration, distinct
over all modules.
"""

import re
from pathlib import Path

_FROM = re.compile(r'^(?:import|export)\s*\{[^}]*\}\s*from\s*"(\.{1,2}/[^"]+)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async |function\b|class\b|const\b))", re.MULTILINE)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_TOP = re.compile(r"^(?:async )?(?:function\*?|class|const|let|var) +(\w+)", re.MULTILINE)


def bundle(entry: Path) -> str:
    """One script of the module ``entry`` and all that it imports, each once, after what it imports
    itself, in a scope of its own. Raises ValueError for a module that is not written so.
    """
    scripts: dict[Path, str] = {}
    _gather(entry.resolve(), scripts)
    owners: dict[str, Path] = {}
    for path, script in scripts.items():
        for name in _TOP.findall(script):
            if name in owners:
                raise ValueError(f"{path}: {name} is a name in {owners[name]} too")
            owners[name] = path
    return "{\n" + "\n".join(scripts.values()) + "}\n"


def _gather(path: Path, scripts: dict[Path, str], above: tuple[Path, ...] = ()) -> None:
    if path in above:
        raise ValueError(f"{path}: imports itself, by way of {above[-1]}")
    if path in scripts:
        return
    source = path.read_text(encoding="utf-8")
    for name in _FROM.findall(source):
        _gather((path.parent / name).resolve(), scripts, (*above, path))
    script = _EXPORT.sub("", _FROM.sub("", source))
    if other := _OTHER.search(script):
        raise ValueError(f"{path}: '{other[0]}' is no import or export that can be taken out")
    scripts[path] = script.strip("\n") + "\n"
