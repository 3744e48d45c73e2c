"""Puts songs/, which stands beside the package, into it where a wheel is built; all else is in
pyproject.toml. (A package-dir would do it too, but then type checkers lose an editable install.)
"""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithSongs(build_py):
    """The step that gathers the package's files, and songs/."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:  # in a checkout they are found where they are
            for song, copy in self._songs():
                self.mkpath(str(copy.parent))
                self.copy_file(str(song), str(copy))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        return super().get_outputs(include_bytecode) + [str(copy) for _, copy in self._songs()]

    def _songs(self) -> list[tuple[Path, Path]]:
        target = Path(self.build_lib, "melodyrnn", "songs")
        return [(song, target / song.name) for song in sorted(Path("songs").glob("*.txt"))]


setup(cmdclass={"build_py": BuildWithSongs})
