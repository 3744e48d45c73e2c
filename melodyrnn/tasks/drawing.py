"""New items of several prompts, drawn together."""

from collections.abc import Sequence

import numpy as np

from melodyrnn.generation.generate import Drawn, SongGroup, generate_parts
from melodyrnn.generation.weighed import drawn_by_weight
from melodyrnn.models.config import SampleConfig
from melodyrnn.models.predictor import Predictor
from melodyrnn.sequences.vocabulary import Indices
from melodyrnn.system.progress import Progress, silent
from melodyrnn.tasks.task import Prompt


def drawn_together(
    predictor: Predictor, prompts: Sequence[Prompt], config: SampleConfig, progress: Progress
) -> list[Drawn]:
    """Of each prompt as many songs as it has numbers; all of them have as many candidates."""
    groups = [SongGroup(prompt.length, prompt.constraints) for prompt in prompts]
    songs = [(group, number) for group, prompt in enumerate(prompts) for number in prompt.numbers]
    numbers = [number for _, number in songs]
    furthest = 0

    def onward(done: int, total: int, words: str = "") -> None:
        """Songs that got stuck begin from the start."""
        nonlocal furthest
        furthest = max(furthest, done)
        progress(furthest, total, words)

    def draw(places: Sequence[int], streams: Sequence[int], told: Progress = silent) -> Drawn:
        some = [(songs[place][0], stream) for place, stream in zip(places, streams, strict=True)]
        return generate_parts(predictor, prompts[0].ids, groups, some, config, told)

    def log_weight(place: int, ids: Indices) -> float:
        log_weight = prompts[songs[place][0]].log_weight
        assert log_weight, "candidates are weighed"
        return float(log_weight(ids))

    candidates = prompts[0].candidates
    if candidates > 1:
        drawn = drawn_by_weight(draw, numbers, log_weight, candidates, config.seed, progress)
    else:
        drawn = draw(range(len(songs)), numbers, onward)
    bounds = np.cumsum([len(prompt.numbers) for prompt in prompts])[:-1].tolist()
    of_each = zip([0, *bounds], [*bounds, None], strict=True)
    return [Drawn(drawn.songs[a:b], drawn.log_probability[a:b]) for a, b in of_each]
