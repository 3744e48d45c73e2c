"""What followed each context of a text: a tree of contexts that grows while it is read."""

from collections.abc import Iterable, Sequence

Counts = dict[int, int]
"""Token -> how often it followed."""

_START = -1

_SORTED_AT_ONCE = 64
"""Tokens of a context beyond which what followed it is sorted only once that is asked for: in a
long repetition each context has one that is longer by a token and nearly as frequent, so that to
sort them all would take as many steps as the square of its length.
"""


class Context:
    """A run of tokens, and what followed it. The root is the empty run.

    A longer context hangs below the shorter one which ends it: one step down is one token back in
    time. Occurrences of a context that has always been followed by the same token wait in it,
    unsorted, until they are asked for: so a tree that knows contexts of any length stays small.
    """

    __slots__ = ("counts", "older", "starts", "waiting")

    def __init__(self) -> None:
        self.counts: Counts = {}
        self.older: dict[int, Context] | None = None  # by the token before; None: not yet sorted
        self.starts: Counts = _NOWHERE  # of the counts, those at the start of a sequence
        self.waiting: list[int] = []  # places of the tokens that followed, while not sorted


_NOWHERE: Counts = {}


class Contexts:
    """The contexts of all sequences learned, up to ``order`` tokens long, or of any length."""

    def __init__(self, order: int | None = None, sequences: Iterable[Sequence[int]] = ()) -> None:
        self.order = order
        self.root = Context()
        self.text: list[int] = []  # all sequences, one after another, each behind a start
        for sequence in sequences:
            self.begin()
            for token in sequence:
                self.learn(token)

    def __len__(self) -> int:
        """How many counts are kept."""
        kept, contexts = 0, [self.root]
        while contexts:
            context = contexts.pop()
            kept += len(context.counts)
            contexts += (context.older or {}).values()
        return kept

    def begin(self) -> None:
        """A new sequence: no context reaches back over its start."""
        self.text.append(_START)

    def learn(self, token: int) -> None:
        """The next token of the sequence: it followed every context that ends here."""
        place, depth = len(self.text), 0
        self.text.append(token)
        context: Context | None = self.root
        while context:
            context = self._add(context, place, depth)
            depth += 1

    def older(self, context: Context, depth: int) -> dict[int, Context]:
        """Contexts one token longer than one of ``depth`` tokens, by the token that they add."""
        if context.older is None:
            self._sort(context, depth)
        return context.older or {}

    def _add(self, context: Context, place: int, depth: int) -> Context | None:
        """Count the token at ``place``. Returns the longer context to count it in, if sorted."""
        self._count(context, place)
        if context.older is not None:
            return self._longer(context, place, depth)
        context.waiting.append(place)
        if self._to_be_sorted(context, depth):
            self._sort(context, depth)
        return None

    def _count(self, context: Context, place: int) -> None:
        token, counts = self.text[place], context.counts
        counts[token] = counts.get(token, 0) + 1

    def _to_be_sorted(self, context: Context, depth: int) -> bool:
        """Whether different tokens followed it, and longer contexts are to distinguish them."""
        return len(context.counts) > 1 and depth != self.order and depth < _SORTED_AT_ONCE

    def _sort(self, context: Context, depth: int) -> None:
        """Give what waits in it to the contexts one token longer, and so on for those of them that
        different tokens follow. A stack, for a repetition makes a chain as long as itself.
        """
        unsorted = [(context, depth)]
        while unsorted:
            context, depth = unsorted.pop()
            context.older = {}
            waiting, context.waiting = context.waiting, []
            for place in waiting:
                if longer := self._longer(context, place, depth):
                    self._count(longer, place)
                    longer.waiting.append(place)
            unsorted += [
                (longer, depth + 1)
                for longer in context.older.values()
                if self._to_be_sorted(longer, depth + 1)
            ]

    def _longer(self, context: Context, place: int, depth: int) -> Context | None:
        """The context one token longer before ``place``; None at the start and at the bound."""
        if depth == self.order or context.older is None:
            return None
        before = self.text[place - depth - 1]
        if before == _START:
            if context.starts is _NOWHERE:
                context.starts = {}
            token = self.text[place]
            context.starts[token] = context.starts.get(token, 0) + 1
            return None
        longer = context.older.get(before)
        if longer is None:
            longer = context.older[before] = Context()
        return longer


class Suffix:
    """A context as it stands in several trees at once: the counts of all of them, together."""

    __slots__ = ("depth", "found")

    def __init__(self, found: Sequence[tuple[Contexts, Context]], depth: int = 0) -> None:
        self.found, self.depth = found, depth

    @property
    def counts(self) -> Counts:
        if len(self.found) == 1:
            return self.found[0][1].counts
        return _sum(context.counts for _, context in self.found)

    @property
    def novel(self) -> Counts:
        """Token -> how often it followed where it had followed no longer context.

        These are the counts of update exclusion (Moffat 1990), by which a context learns only
        what all longer ones did not know: of each token, as many as different tokens stood before
        the context then, and once for each start of a sequence. At the longest order they are
        the plain counts.
        """
        if all(self.depth == tree.order for tree, _ in self.found):
            return self.counts
        before = {
            (token, older)
            for tree, context in self.found
            for older, longer in tree.older(context, self.depth).items()
            for token in longer.counts
        }
        counts = _sum(context.starts for _, context in self.found)
        for token, _ in before:
            counts[token] = counts.get(token, 0) + 1
        return counts

    def longer(self, history: Sequence[int]) -> "Suffix | None":
        """The suffix of ``history`` one token longer; None where no tree has it."""
        if self.depth >= len(history):
            return None
        before = history[-1 - self.depth]
        found = [
            (tree, longer)
            for tree, context in self.found
            if (longer := tree.older(context, self.depth).get(before))
        ]
        return Suffix(found, self.depth + 1) if found else None


def _sum(many: Iterable[Counts]) -> Counts:
    total: Counts = {}
    for counts in many:
        for token, count in counts.items():
            total[token] = total.get(token, 0) + count
    return total
