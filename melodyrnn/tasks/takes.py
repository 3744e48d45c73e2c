"""New songs and texts as their page shows them."""

from collections.abc import Iterator, Sequence

from melodyrnn.models.config import FormConfig, SampleConfig
from melodyrnn.render.pages.takes import Take, Takes, WrittenText
from melodyrnn.runs.record import Record
from melodyrnn.tasks.generated_song import GeneratedSong
from melodyrnn.tasks.task import Made
from melodyrnn.tasks.text import GeneratedText


def takes_of(
    title: str,
    record: Record,
    made: Sequence[Made],
    config: SampleConfig,
    form: FormConfig,
    ranked: bool,
) -> Takes:
    """``made`` by the run of ``record``; ``ranked`` where they are the best of more."""
    songs = [_take(each, ranked) for each in made if isinstance(each, GeneratedSong)]
    texts = [_text(each) for each in made if isinstance(each, GeneratedText)]
    return Takes(title, list(_facts(record, config, form)), songs, texts)


def _facts(record: Record, config: SampleConfig, form: FormConfig) -> Iterator[str]:
    """The model, the seed, and whatever was asked that is not so by itself."""
    yield record.model.model
    yield f"seed {config.seed}"
    asked = config.to_json() | form.to_json()
    plain = SampleConfig().to_json() | FormConfig().to_json()
    for name, value in asked.items():
        if name != "seed" and value != plain[name]:
            yield name.replace("_", " ") + ("" if value is True else f" {value}")


def _take(made: GeneratedSong, ranked: bool) -> Take:
    remarks: list[str] = [made.copied_words]
    if ranked:
        remarks.append(f"score {made.score}")
    if made.loop:
        remarks.append(f"ends in a loop of {made.loop.period}, {made.loop.rounds} times over")
    return Take(made.song, made.primer, remarks, [file.name for file in made.files])


def _text(made: GeneratedText) -> WrittenText:
    given, text = made.text[: made.primer], made.text[made.primer :]
    return WrittenText(given, text, [file.name for file in made.files])
