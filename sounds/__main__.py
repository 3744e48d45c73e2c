"""``python -m sounds FONT``: the sounds that the package carries, made of a SoundFont."""

import argparse
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path

import numpy as np

from melodyrnn.render.sound_bank import BANK
from sounds.cut import cut
from sounds.encoder import encode
from sounds.soundfont import FontZone, Recording, SoundFont
from sounds.tuning import in_tune

SOURCE = "74594e8f4250680adf590507a306655a299935343583256f3b722c48a1bc1cb0"
"""SHA-256 of FluidR3_GM.sf2 as Debian's package fluid-soundfont-gm 3.1-5.3 has it."""
PROGRAMS = 128


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sounds", description=__doc__)
    parser.add_argument("font", type=Path, help="FluidR3_GM.sf2")
    parser.add_argument("--output", "-o", type=Path, default=BANK, help="the file to write")
    parser.add_argument("--any", action="store_true", help="take another font than that of Debian")
    given = parser.parse_args()
    data = given.font.read_bytes()
    if not given.any and sha256(data).hexdigest() != SOURCE:
        parser.error(f"{given.font} is not Debian's FluidR3_GM.sf2; see sounds/README.md, or --any")
    font = SoundFont(data)
    zones = [
        (program, zone)
        for program in range(PROGRAMS)
        for layer in font.layers(program)
        for zone in cut(layer)
    ]
    zones = in_tune(zones, font.samples)
    recordings = list(dict.fromkeys(zone.recording for _, zone in zones))
    packed = list(_encoded(font, recordings))
    given.output.parent.mkdir(parents=True, exist_ok=True)
    _write(given.output, zones, recordings, packed)
    print(f"{given.output}: {given.output.stat().st_size:,} bytes")
    return 0


def _encoded(font: SoundFont, recordings: list[Recording]) -> Iterable[tuple[bytes, int]]:
    parts = [font.samples[each.start : each.start + _length(each)] / 32768.0 for each in recordings]
    with ProcessPoolExecutor() as pool:
        rates = [each.rate for each in recordings]
        for done, result in enumerate(pool.map(encode, parts, rates, chunksize=4), 1):
            print(f"\r{done} of {len(parts)} recordings", end="", file=sys.stderr, flush=True)
            yield result
    print(file=sys.stderr)


def _write(
    path: Path,
    zones: list[tuple[int, FontZone]],
    recordings: list[Recording],
    packed: list[tuple[bytes, int]],
) -> None:
    """The arrays that ``melodyrnn.render.sound_bank`` describes."""
    number = {recording: place for place, recording in enumerate(recordings)}
    with path.open("wb") as file:
        np.savez(
            file,
            programs=np.array([(of, z.lowest, z.highest) for of, z in zones], np.int16),
            zones=np.array(
                [(number[z.recording], z.root, *z.settings) for _, z in zones], np.int16
            ),
            samples=np.array(
                [
                    (_length(each), *(each.loop or (-1, -1)), each.rate, hop, len(data))
                    for each, (data, hop) in zip(recordings, packed, strict=True)
                ],
                np.int32,
            ),
            data=np.frombuffer(b"".join(data for data, _ in packed), np.uint8),
        )


def _length(recording: Recording) -> int:
    """Samples: what stands after a loop is never played."""
    return recording.loop[1] if recording.loop else recording.end - recording.start


if __name__ == "__main__":
    sys.exit(main())
