"""What the registry says of a model before there is one. Imports no library."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from melodyrnn.errors import PluginError
from melodyrnn.plugins import imported

if TYPE_CHECKING:
    from melodyrnn.models.predictor import Predictor
    from melodyrnn.sequences.vocabulary import Indices


@dataclass(frozen=True, slots=True, kw_only=True)
class Model(ABC):
    """A row of the registry: what a caller needs to know of a model before there is one."""

    name: str = ""  # that of its entry point, where another package adds it
    about: str  # in the words of the help
    title: str = ""  # how a sentence calls it; its name where nothing is said
    settings: tuple[str, ...] = ()  # fields of ModelConfig that it asks for
    cell: str = ""  # a name of CELLS; "" for what is not recurrent
    stateful: bool = False  # whether a state is carried from window to window
    viewpoints: bool = False  # whether it sees tokens by their parts (``models.viewpoints``)
    lookback: bool = False  # whether it sees each token with its columns (``models.bar_columns``)
    layers: int = 1  # default depth
    batch: int = 1  # windows in a step of learning

    def __post_init__(self) -> None:
        if not self.title:
            object.__setattr__(self, "title", self.name)

    @property
    def sees_whole_songs(self) -> bool:
        """Whether it predicts from all of a song so far, so that it needs no window."""
        return self.stateful

    @property
    @abstractmethod
    def learns_by_gradient(self) -> bool:
        """Whether it has weights that are trained, epoch by epoch, and kept in the run."""

    @property
    def uses_validation(self) -> bool:
        """Whether held-out songs choose its best epoch; else it learns from those too."""
        return self.learns_by_gradient

    @abstractmethod
    def fit(self, session: "ModelSession") -> "Predictor":
        """Learn what ``session`` holds. Raises MelodyError."""

    @abstractmethod
    def load(self, session: "ModelSession") -> "Predictor":
        """What was learned in an earlier session of the same run. Raises RunError."""

    @property
    def draws_at_random(self) -> bool:
        """Whether the random seed changes what it learns."""
        return self.learns_by_gradient


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkModel(Model):
    """A network over the tokens of a window or of a stream (``networks.step_network``)."""

    @property
    def learns_by_gradient(self) -> bool:
        return True

    def fit(self, session: "ModelSession") -> "Predictor":
        return session.train_network()

    def load(self, session: "ModelSession") -> "Predictor":
        return session.load_network()


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewpointModel(Model):
    """A network of viewpoints over whole songs (``networks.viewpoint_network``)."""

    viewpoints: bool = True

    @property
    def sees_whole_songs(self) -> bool:
        return True

    @property
    def learns_by_gradient(self) -> bool:
        return True

    def fit(self, session: "ModelSession") -> "Predictor":
        return session.train_viewpoints()

    def load(self, session: "ModelSession") -> "Predictor":
        return session.load_viewpoints()


@dataclass(frozen=True, slots=True, kw_only=True)
class NgramModel(Model):
    """A model that is made of its songs at once and keeps no weights, as n-gram models do.

    ``predictor`` makes it, a ``Maker`` or the place of one, ``"package.module:name"``.
    """

    predictor: "str | Maker"
    whole_songs: bool = False  # whether it predicts from all of a song so far

    @property
    def sees_whole_songs(self) -> bool:
        return self.whole_songs

    @property
    def learns_by_gradient(self) -> bool:
        return False

    def fit(self, session: "ModelSession") -> "Predictor":
        return self.load(session)

    def load(self, session: "ModelSession") -> "Predictor":
        """It is its songs: there are no weights to keep."""
        config = session.config
        return self.make(session.sequences, config.window, session.vocabulary_size, config)

    def make(
        self,
        sequences: "Sequence[Indices]",
        window: int,
        vocabulary_size: int,
        config: object = None,
    ) -> "Predictor":
        """The model of ``sequences``, each (L,), over a vocabulary of ``vocabulary_size`` tokens.

        Of ``config``, a ModelConfig, it is given its ``settings``; without one, their defaults.
        Raises PluginError where its module cannot be imported.
        """
        settings = {} if config is None else {name: getattr(config, name) for name in self.settings}
        return self._maker()(sequences, window, vocabulary_size, **settings)

    def _maker(self) -> "Maker":
        if not isinstance(self.predictor, str):
            return self.predictor
        try:
            return cast("Maker", imported(self.predictor))
        except (ImportError, AttributeError) as error:
            raise PluginError(f"model {self.name!r} cannot be loaded: {error}") from error


class Windowed(Protocol):
    """What a model asks of its configuration, beside its own ``settings``."""

    @property
    def window(self) -> int: ...


class ModelSession(Protocol):
    """What a model needs of the run in which it learns, or is read again."""

    @property
    def config(self) -> Windowed:
        """A ModelConfig."""
        ...

    @property
    def vocabulary_size(self) -> int: ...

    @property
    def sequences(self) -> "Sequence[Indices]":
        """What is learned, each (L,)."""
        ...

    def train_network(self) -> "Predictor": ...

    def load_network(self) -> "Predictor": ...

    def train_viewpoints(self) -> "Predictor": ...

    def load_viewpoints(self) -> "Predictor": ...


class Maker(Protocol):
    """What makes a model of sequences, each (L,), the length of its window, and the number of
    tokens in the vocabulary; further settings are those that its row asks for.
    """

    def __call__(
        self, sequences: "Sequence[Indices]", window: int, vocabulary_size: int, **settings: Any
    ) -> "Predictor": ...
