"""Everything that can go wrong on purpose. This module imports nothing.

    MelodyError
    ├── FileError         a file that is missing, a folder, unreadable, or cannot be written
    ├── NotationError     a token or header of the text notation
    ├── MidiError         a Standard MIDI File
    ├── ScoreError        MusicXML, ABC or Humdrum; a file that cannot be read as a song
    ├── VocabularyError   a code that the vocabulary lacks
    ├── WindowError       a song too short for the window, an impossible window
    ├── RunError          a run folder
    ├── RenderError       a picture or a sound
    ├── ConfigError       a setting out of its range
    └── ConstraintError   what new songs shall keep to cannot be kept to

    MelodyWarning         something was decided for the user, who should know it

Each message is one line that names the value, the place and the remedy, such as
``songs/x.txt:3:14: unknown pitch 'h4'; pitches are a to g``.
"""


class MelodyError(Exception):
    """The root of every error that this package raises on purpose."""


class FileError(MelodyError):
    """A file is missing, a folder, unreadable or too large, or cannot be written."""


class NotationError(MelodyError):
    """The text notation cannot be read as written."""


class MidiError(MelodyError):
    """A MIDI file is corrupt, truncated or empty of notes."""


class ScoreError(MelodyError):
    """A score file cannot be read as one melody, or a song cannot be written to it."""


class VocabularyError(MelodyError):
    """A code is not in the vocabulary, or the vocabulary itself is ill-formed."""


class WindowError(MelodyError):
    """A song is no longer than the window, or the window is impossible."""


class RunError(MelodyError):
    """A run folder is missing, corrupt, foreign or in the way."""


class RenderError(MelodyError):
    """A song cannot be drawn or sounded as asked."""


class ConfigError(MelodyError):
    """A setting is out of its range."""


class ConstraintError(MelodyError):
    """What new songs shall keep to cannot be kept to."""


class MelodyWarning(UserWarning):
    """A choice was made for the user: a track, a voice, a rounding."""
