"""What the page of a training shows of songs: those learned by heart, and those held out."""

from collections.abc import Sequence
from dataclasses import replace

from melodyrnn.evaluation.expectations import expectations
from melodyrnn.evaluation.measures import Measures
from melodyrnn.models.predictor import Predictor
from melodyrnn.music.song import Song
from melodyrnn.render.pages.training_data import Example, Shown, SongBits
from melodyrnn.runs.record import Record
from melodyrnn.sequences.score import Score
from melodyrnn.tasks.dataset import Dataset

MOST_NOTES, MOST_IN_EXAMPLES = 180, 120
"""Of a song whose score is shown, as it is and as it is played; and of each held-out one."""


def by_heart(dataset: Dataset, measures: Measures, played: Song) -> Shown:
    """The first song, and as it is played from its first window."""
    song, window = dataset.songs[0].song, measures.window
    title = song.title if len(dataset.songs) == 1 else ""
    if len(song) > MOST_NOTES:
        return Shown(title)
    tokens = dataset.tokenizer.tokens(song)
    pairs = zip(tokens, measures.played[0].tokens, strict=True)
    wrong = {place: token for place, (token, other) in enumerate(pairs) if token != other}
    expected = expectations(dataset, 0, measures.played[0].logits)
    tally = measures.whole_songs[0]
    name = song.title or dataset.songs[0].name if len(dataset.songs) > 1 else "The song"
    return Shown(
        title,
        Example(name, song, expected),
        Example(
            "As the model plays it, each note after its own notes",
            played,
            wrong=wrong,
            primer=window,
            right=tally.right,
            all=tally.all,
        ),
    )


def held_out(
    predictor: Predictor, record: Record, dataset: Dataset, scores: Sequence[Score]
) -> Shown:
    """Each song by itself, and the best and the worst predicted of those that are short enough."""
    places = sorted(range(len(scores)), key=lambda place: scores[place].bits)
    titles = [named.song.title or named.name for named in dataset.songs]
    songs = [SongBits(titles[n], len(dataset.songs[n].song), scores[n].bits) for n in places]
    short = [place for place in places if len(dataset.songs[place].song) <= MOST_IN_EXAMPLES]
    examples = []
    vocabularies = dataset.vocabularies(
        dataset.tokenizer.opened(record.unknown_rate), [False] * len(dataset.songs)
    )
    for place in dict.fromkeys([*short[:1], *short[-1:]]):
        aligned = predictor.with_contexts(dataset.contexts[place : place + 1])
        [logits] = aligned.logits([dataset.sequences[place]])
        expected = expectations(dataset, place, logits, vocabularies[place])
        song = dataset.songs[place].song
        bits = scores[place].bits
        examples.append(Example(titles[place], song, expected, bits=bits))
    return Shown(songs=songs, examples=examples)


def together(learned: Shown, new: Shown) -> Shown:
    """What was learned by heart, and what was held out."""
    return replace(learned, songs=new.songs, examples=new.examples)
