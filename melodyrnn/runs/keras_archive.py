"""A Keras model as the bytes of a .keras file, without what changes from one time to the next."""

import io
import json
import re
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from melodyrnn.errors import FileError
from melodyrnn.files import reason

_NAME = "model.keras"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time a zip entry can have


def archive_of(model: Any, facts: Mapping[str, Any] | None = None) -> bytes:
    """The same weights give the same bytes. ``facts`` stand in its metadata.json, beside what Keras
    says there. Raises FileError where there is no room for a draft.
    """
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / _NAME
        try:
            model.save(draft)
        except OSError as error:
            raise FileError(
                f"{folder}: cannot write: {reason(error)}; set TMPDIR to a place with room"
            ) from None
        entries = io.BytesIO()
        with zipfile.ZipFile(draft) as saved, zipfile.ZipFile(entries, "w") as timeless:
            for name in sorted(saved.namelist()):
                content = saved.read(name)
                if name == "metadata.json":  # holds the date
                    kept = {k: v for k, v in json.loads(content).items() if k != "date_saved"}
                    content = json.dumps(kept | dict(facts or {}), ensure_ascii=False).encode()
                elif name == "config.json":  # tells objects apart by their places in memory
                    content = _numbered(content)
                timeless.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return entries.getvalue()


def _numbered(config: bytes) -> bytes:
    """Keras knows the objects that layers share by their places in memory; here by their order."""
    order: dict[bytes, int] = {}
    return re.sub(
        rb'(?<="shared_object_id": )\d+',
        lambda place: b"%d" % order.setdefault(place[0], len(order)),
        config,
    )
