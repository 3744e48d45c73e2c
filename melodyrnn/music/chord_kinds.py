"""The kinds of chords that MusicXML names, and how chord symbols write them."""

QUALITIES: dict[str, str] = {
    "major": "",
    "minor": "m",
    "augmented": "aug",
    "diminished": "dim",
    "dominant": "7",
    "major-seventh": "maj7",
    "minor-seventh": "m7",
    "diminished-seventh": "dim7",
    "augmented-seventh": "aug7",
    "half-diminished": "m7b5",
    "major-minor": "m(maj7)",
    "major-sixth": "6",
    "minor-sixth": "m6",
    "dominant-ninth": "9",
    "major-ninth": "maj9",
    "minor-ninth": "m9",
    "dominant-11th": "11",
    "major-11th": "maj11",
    "minor-11th": "m11",
    "dominant-13th": "13",
    "major-13th": "maj13",
    "minor-13th": "m13",
    "suspended-second": "sus2",
    "suspended-fourth": "sus4",
    "power": "5",
}
"""Kind -> what stands behind the root."""

_OTHER_WAYS = {
    "major": "M maj Maj ma",
    "minor": "min mi -",
    "augmented": "+",
    "diminished": "° o",
    "major-seventh": "M7 Maj7 ma7 Δ Δ7",
    "minor-seventh": "min7 mi7 -7",
    "diminished-seventh": "°7 o7",
    "augmented-seventh": "+7 7#5",
    "half-diminished": "ø ø7 Ø min7b5",
    "suspended-fourth": "sus",
    "minor-sixth": "min6",
    "major-ninth": "M9 Maj9",
    "minor-ninth": "min9",
}
_KINDS = {quality: kind for kind, quality in QUALITIES.items()} | {
    quality: kind for kind, others in _OTHER_WAYS.items() for quality in others.split()
}


def kind_of(quality: str) -> str:
    """The kind of what stands behind a root, "other" where MusicXML has no name for it."""
    return _KINDS.get(quality, "other")
