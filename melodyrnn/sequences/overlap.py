"""Which sequences share a long run of symbols with others."""

from collections.abc import Hashable, Iterable, Iterator, Sequence


def sharing(
    sequences: Sequence[Sequence[Hashable]], others: Iterable[Sequence[Hashable]], length: int
) -> set[int]:
    """The places of those ``sequences`` of which ``length`` symbols in a row also stand in a row
    in one of ``others``; a shorter one of these counts as a whole.
    """
    known = {run for other in others for run in _runs(other, min(length, len(other)))}
    sizes = {len(run) for run in known} - {0}
    return {
        place
        for place, sequence in enumerate(sequences)
        if any(run in known for size in sizes for run in _runs(sequence, size))
    }


def _runs(sequence: Sequence[Hashable], length: int) -> Iterator[tuple[Hashable, ...]]:
    return (tuple(sequence[i : i + length]) for i in range(len(sequence) - length + 1))
