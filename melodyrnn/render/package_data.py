"""Data files that other packages brought: letters, images."""

from pathlib import Path

from melodyrnn.errors import MelodyError, RenderError
from melodyrnn.files import distribution, package_folder


def data_file(package: str, name: str) -> Path:
    """A file that ``package`` brought, without importing it. Raises RenderError."""
    try:
        path = package_folder(package) / name
    except MelodyError as error:
        raise RenderError(str(error)) from None
    if not path.is_file():
        raise RenderError(
            f"{package}/{name}: no such file; pip install --force-reinstall {distribution(package)}"
        )
    return path
