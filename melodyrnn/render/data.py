"""Data files that other packages brought: letters, sampled instruments."""

from pathlib import Path

from melodyrnn.errors import MelodyError, RenderError
from melodyrnn.files import package_folder


def data_file(package: str, name: str) -> Path:
    """A file that ``package`` brought, without importing it. Raises RenderError."""
    try:
        path = package_folder(package) / name
    except MelodyError as error:
        raise RenderError(str(error)) from None
    if not path.is_file():
        distribution = package.replace("_", "-")
        raise RenderError(
            f"{package}/{name}: no such file; pip install --force-reinstall {distribution}"
        )
    return path
