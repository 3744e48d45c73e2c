"""How human generated tunes are: the figures together."""

from dataclasses import dataclass

from melodyrnn.evaluation.human.auc import Auc
from melodyrnn.evaluation.human.copying import LongestCopies
from melodyrnn.evaluation.human.differences import Difference
from melodyrnn.system.documents import JSON
from melodyrnn.system.sentences import Sentence


@dataclass(frozen=True)
class ControlCollection:
    """Other tunes that people made, in place of the generated ones."""

    name: str
    tunes: int  # that were classified
    auc: Auc

    def to_json(self) -> JSON:
        return {"name": self.name, "tunes": self.tunes, **self.auc.to_json()}


@dataclass(frozen=True)
class Control:
    """What the same classifier makes of people's own tunes."""

    halves: Auc  # one half of the human tunes in place of the generated ones: chance
    collections: tuple[ControlCollection, ...]

    def to_json(self) -> JSON:
        collections = [collection.to_json() for collection in self.collections]
        return {**self.halves.to_json(), "collections": collections}


@dataclass(frozen=True)
class CopyLengths:
    """How much of tunes is copied, and how much people's own tunes share."""

    generated: LongestCopies  # from the human tunes
    human: LongestCopies  # from the human tunes of other families
    from_training: LongestCopies | None  # of generated tunes, from those the model learned from
    copies: int  # generated tunes that are copies

    def to_json(self) -> JSON:
        return {
            "generated": self.generated.to_json(),
            "human": self.human.to_json(),
            "from_training": self.from_training.to_json() if self.from_training else None,
            "copies": self.copies,
        }


@dataclass(frozen=True, repr=False)
class HumanLikeness:
    """How well a classifier tells generated tunes from human ones, and by what."""

    generated: int  # tunes
    human: int
    auc: Auc  # of all features and n-grams together; copies count as told apart
    control: Control
    groups: dict[str, Auc]  # group of features -> what it alone tells; copies by their features
    gives_away: tuple[Difference, ...]  # the most telling first
    copied: CopyLengths

    def __repr__(self) -> str:
        sides = f"{self.generated:,} generated against {self.human:,} human tunes"
        return f"<HumanLikeness, AUC {self.auc}, {sides}>"

    @property
    def meaning(self) -> Sentence:
        """What the figure says, in one sentence."""
        if not self.auc.beyond_chance:
            return Sentence(
                "No difference found: shown a generated and a human tune, the classifier picks "
                "the generated one in {share:.1%} of cases, and chance in 50%.",
                share=self.auc.value,
            )
        return Sentence(
            "Shown a generated and a human tune, the classifier picks the generated one in "
            "{share:.1%} of cases, where chance picks it in 50%.",
            share=self.auc.value,
        )

    def to_json(self) -> dict[str, JSON]:
        return {
            "tunes": {"generated": self.generated, "human": self.human},
            "auc": self.auc.to_json(),
            "control": self.control.to_json(),
            "groups": {group: auc.to_json() for group, auc in self.groups.items()},
            "gives_away": [difference.to_json() for difference in self.gives_away],
            "copied": self.copied.to_json(),
        }
