"""Data files that other packages brought: letters, sampled instruments."""

from importlib.util import find_spec
from pathlib import Path

from melodyrnn.errors import RenderError


def data_file(package: str, name: str) -> Path:
    """A file that ``package`` brought, without importing it. Raises RenderError."""
    spec = find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        path = Path(folder, name)
        if path.is_file():
            return path
    distribution = package.replace("_", "-")
    raise RenderError(
        f"{package}/{name}: no such file; pip install --force-reinstall {distribution}"
    )
