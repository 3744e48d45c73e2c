"""The instruments of General MIDI, by name."""

import re
from difflib import get_close_matches

from melodyrnn.errors import RenderError

INSTRUMENTS: tuple[str, ...] = tuple(
    name.strip()
    for family in """
    acoustic grand piano, bright acoustic piano, electric grand piano, honky-tonk piano
    electric piano 1, electric piano 2, harpsichord, clavinet
    celesta, glockenspiel, music box, vibraphone, marimba, xylophone, tubular bells, dulcimer
    drawbar organ, percussive organ, rock organ, church organ
    reed organ, accordion, harmonica, tango accordion
    acoustic guitar (nylon), acoustic guitar (steel), electric guitar (jazz)
    electric guitar (clean), electric guitar (muted), overdriven guitar
    distortion guitar, guitar harmonics
    acoustic bass, electric bass (finger), electric bass (pick), fretless bass
    slap bass 1, slap bass 2, synth bass 1, synth bass 2
    violin, viola, cello, contrabass
    tremolo strings, pizzicato strings, orchestral harp, timpani
    string ensemble 1, string ensemble 2, synth strings 1, synth strings 2
    choir aahs, voice oohs, synth voice, orchestra hit
    trumpet, trombone, tuba, muted trumpet, french horn, brass section, synth brass 1, synth brass 2
    soprano sax, alto sax, tenor sax, baritone sax, oboe, english horn, bassoon, clarinet
    piccolo, flute, recorder, pan flute, blown bottle, shakuhachi, whistle, ocarina
    lead 1 (square), lead 2 (sawtooth), lead 3 (calliope), lead 4 (chiff)
    lead 5 (charang), lead 6 (voice), lead 7 (fifths), lead 8 (bass + lead)
    pad 1 (new age), pad 2 (warm), pad 3 (polysynth), pad 4 (choir)
    pad 5 (bowed), pad 6 (metallic), pad 7 (halo), pad 8 (sweep)
    fx 1 (rain), fx 2 (soundtrack), fx 3 (crystal), fx 4 (atmosphere)
    fx 5 (brightness), fx 6 (goblins), fx 7 (echoes), fx 8 (sci-fi)
    sitar, banjo, shamisen, koto, kalimba, bagpipe, fiddle, shanai
    tinkle bell, agogo, steel drums, woodblock, taiko drum, melodic tom, synth drum, reverse cymbal
    guitar fret noise, breath noise, seashore, bird tweet
    telephone ring, helicopter, applause, gunshot
    """.strip().splitlines()
    for name in family.split(",")
)
"""In the order of General MIDI, whose numbers begin at 1."""


def program(instrument: str | int | None) -> int:
    """The MIDI program, 0 to 127, of an instrument; that of the piano for None.

    ``instrument`` is a name in any case, words of a name that only one instrument has
    (``"koto"``, ``"nylon"``), or its General MIDI number, 1 to 128. Raises RenderError.
    """
    if instrument is None:
        return 0
    wanted = _words(str(instrument))
    if len(wanted) == 1 and re.fullmatch(r"-?[0-9]+", str(instrument).strip()):
        number = int(instrument)
        if not 1 <= number <= len(INSTRUMENTS):
            raise RenderError(f"unknown instrument {number}; General MIDI numbers are 1 to 128")
        return number - 1
    names = [_words(name) for name in INSTRUMENTS]
    if wanted in names:
        return names.index(wanted)
    having = [index for index, name in enumerate(names) if wanted and set(wanted) <= set(name)]
    if len(having) == 1:
        return having[0]
    near = [INSTRUMENTS[index] for index in having] or get_close_matches(
        " ".join(wanted), INSTRUMENTS, 3, 0.5
    )
    listed = ", ".join(repr(name) for name in near[:8])
    remedy = f"did you mean {listed}?" if near else "General MIDI has names such as 'flute'"
    raise RenderError(f"unknown instrument {str(instrument)!r}; {remedy}")


def _words(name: str) -> list[str]:
    return re.findall(r"\w+", name.casefold())
