"""Write the tunes that a run has held out: `python benchmarks/held_out.py RUN FOLDER [N]`.

As text files, every N-th of them, by default all. People made them and the run never saw them, so
that its new tunes can be set against them:

    melodyrnn generate folk --count 200 --seed 1 --formats txt -o new
    python benchmarks/held_out.py folk people 2
    melodyrnn evaluate folk --generated new --against people
"""

import sys
from pathlib import Path

from melodyrnn import open_run
from melodyrnn.files import make_folder
from melodyrnn.render.write import write_song


def main(run: str, folder: str, every: str = "1") -> None:
    songs = open_run(run).parts.held_out[:: int(every)]
    make_folder(Path(folder))
    for number, named in enumerate(songs, 1):
        write_song(named.song, Path(folder) / f"{number:03}.txt")
    print(f"{folder}: {len(songs)} tunes")


if __name__ == "__main__":
    main(*sys.argv[1:])
