"""How many short titles are read right in each encoding, beside two detectors of encodings.

    python benchmarks/title_encodings.py

`titles.txt` has titles of songs and names of tracks, as MIDI files have them; none of them was
looked at when the rules were made.
"""

from itertools import groupby
from pathlib import Path

import chardet
import charset_normalizer

from melodyrnn.formats.encodings import decode_name

ENCODINGS = {
    "Japanese": ("cp932", "euc-jp"),
    "Korean": ("cp949",),
    "Western": ("cp1252",),
}
UNICODE = ("utf-8", "utf-16", "utf-16-le", "utf-16-be")


def with_charset_normalizer(data):
    best = charset_normalizer.from_bytes(data).best()
    return str(best) if best else None


def with_chardet(data):
    encoding = chardet.detect(data)["encoding"]
    return data.decode(encoding or "latin-1", "replace")


def titles():
    """Language -> titles."""
    lines = Path(__file__).with_name("titles.txt").read_text("utf-8").splitlines()
    groups = [list(group) for _, group in groupby(lines, key=lambda line: line.startswith("#"))]
    return {
        heading.removeprefix("# "): group
        for (heading,), group in zip(groups[::2], groups[1::2], strict=True)
    }


READERS = {
    "here": decode_name,
    "charset-normalizer": with_charset_normalizer,
    "chardet": with_chardet,
}


def main():
    print(f"{'':22}{'titles':>7}" + "".join(f"{name:>20}" for name in READERS))
    for language, those in titles().items():
        for encoding in ENCODINGS[language] + UNICODE:
            right = [
                sum(read(title.encode(encoding)) == title for title in those)
                for read in READERS.values()
            ]
            print(
                f"{language + ' ' + encoding:22}{len(those):7}"
                + "".join(f"{count:20}" for count in right)
            )


if __name__ == "__main__":
    main()
