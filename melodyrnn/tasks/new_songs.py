"""New songs: from the ids that were drawn to songs with their titles."""

from collections.abc import Sequence
from dataclasses import replace

from melodyrnn.errors import warn
from melodyrnn.evaluation.take_score import Usage
from melodyrnn.generation.loops import closing_loop
from melodyrnn.music.note_tokens import to_tokens
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.tasks.generated_song import GeneratedSong
from melodyrnn.tasks.task import Prompt
from melodyrnn.tasks.tokenizer import NoteTokenizer


def made_song(
    take: int,
    ids: Indices,
    likely: float,
    prompt: Prompt,
    tokenizer: NoteTokenizer,
    usage: Usage,
) -> GeneratedSong:
    """Number ``take`` of the songs that were drawn, and what is known of it."""
    assert prompt.like is not None, "new songs are like one"
    assert prompt.copies, "new songs are compared with the training songs"
    new = ids[prompt.left_out :]
    if prompt.redraw:
        drawn = ids[len(prompt.ids) : len(ids) - prompt.after]
        song = prompt.redraw.filled(tokenizer.decode(drawn, prompt.like).notes)
        given = prompt.redraw.first
    else:
        song = tokenizer.decode(new, prompt.like)
        given = len(tokenizer.only_notes(prompt.ids[prompt.left_out :]))
    copied, loop = prompt.copies.longest(song), closing_loop(tokenizer.only_notes(new))
    tokens = max(1, len(ids) - len(prompt.ids))  # none where the primer fills --bars
    score = usage.score(song, likely, tokens, copied.notes, loop)
    return GeneratedSong(song, tuple(to_tokens(song)), given, take, copied, loop, likely, score)


def titled(
    made: GeneratedSong, name: str, composer: str, tempo: float | None, *, several: bool
) -> GeneratedSong:
    """With what stands above it; of several, each says which take it is."""
    title = f"{name}, take {made.take}" if several and name else name
    song, tempo = made.song, tempo or made.song.tempo
    return replace(made, song=replace(song, title=title, composer=composer, tempo=tempo))


def warn_of_loops(songs: Sequence[GeneratedSong]) -> None:
    looping = [(number, song.loop) for number, song in enumerate(songs, 1) if song.loop]
    if not looping:
        return
    number, loop = looping[0]
    notes = "note" if loop.period == 1 else f"{loop.period} notes"
    which = "the song ends"
    if len(songs) > 1:
        which = f"{len(looping)} of {len(songs)} songs end (the first: song {number})"
    warn(
        f"{which} in a loop: the last {notes} {loop.rounds} times over; "
        "a higher --temperature may break it, --avoid-loops does"
    )
