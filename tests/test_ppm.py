import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.models.ngrams.contexts import Contexts, Suffix
from melodyrnn.models.ngrams.ppm import ESCAPES, Ppm

CODES = 4
tunes = st.lists(st.integers(0, CODES - 1), min_size=1, max_size=14)
corpora = st.lists(tunes, max_size=4)
models = st.builds(
    Ppm,
    vocabulary_size=st.integers(CODES, CODES + 2),
    order=st.sampled_from([None, None, 0, 1, 2, 5]),
    escape=st.sampled_from(sorted(ESCAPES)),
    exclusion=st.booleans(),
    update_exclusion=st.booleans(),
    interpolated=st.booleans(),
)


class Slow:
    """The definitions, one dictionary entry a context, every context of every length."""

    def __init__(self, model, sequences):
        self.model, self.counts, self.novel = model, {}, {}
        for sequence in sequences:
            for place, code in enumerate(sequence):
                self.learn(sequence[:place], code)

    def suffixes(self, history):
        """From the shortest to the longest."""
        longest = len(history) if self.model.order is None else self.model.order
        for size in range(min(longest, len(history)) + 1):
            yield tuple(history[len(history) - size :])

    def learn(self, history, code):
        foretold = False  # by a longer context
        for context in reversed(list(self.suffixes(history))):
            counts = self.counts.setdefault(context, {})
            novel = self.novel.setdefault(context, {})
            if not foretold:
                novel[code] = novel.get(code, 0) + 1
            foretold = foretold or code in counts
            counts[code] = counts.get(code, 0) + 1

    def distribution(self, history):
        known = [context for context in self.suffixes(history) if context in self.counts]
        sure = [context for context in known[1:] if len(self.counts[context]) == 1]
        chosen = known
        if self.model.order is None and sure:
            chosen = known[: known.index(sure[0]) + 1]
        table = self.novel if self.model.update_exclusion else self.counts
        counts = [table[context] for context in reversed(chosen)]
        if chosen != known:
            counts[0] = self.counts[chosen[-1]]
        p = self.share(counts, set(), range(50))
        return p / p.sum()

    def share(self, chain, foretold, open_codes):
        """What ``chain``, the longest context first, gives to each code, (V,)."""
        model = self.model
        p = np.zeros(model.vocabulary_size)
        if not chain:
            if model.interpolated:
                open_codes = range(model.vocabulary_size)
            places = [code for code in range(model.vocabulary_size) if code in open_codes]
            p[places] = 1 / (
                model.vocabulary_size + 1 - len(foretold)
                if model.exclusion
                else model.vocabulary_size
            )
            return p
        counts, shorter = chain[0], chain[1:]
        once = sum(count == 1 for count in counts.values())
        kinds = len(counts)
        shift, weight = {
            "a": (0, 1),
            "b": (-1, kinds),
            "c": (0, kinds),
            "d": (-0.5, kinds / 2),
            "x": (0, once + 1),
        }[model.escape]
        seen = {code: count + shift for code, count in counts.items() if count + shift > 0}
        n = sum(v for c, v in seen.items() if not (model.exclusion and c in foretold))
        left = [code for code in open_codes if code not in seen]
        if n == 0:
            return self.share(shorter, set(seen), open_codes)
        for code, value in seen.items():
            if model.interpolated or code in open_codes:
                p[code] = n / (n + weight) * value / n
        return p + weight / (n + weight) * self.share(shorter, set(seen), left)


@given(models, corpora, tunes)
def test_every_setting_as_the_definitions_say(model, corpus, tune):
    slow, tree = Slow(model, corpus), model.learn(corpus)
    expected = [slow.distribution(tune[:place]) for place in range(len(tune))]
    np.testing.assert_allclose(model.follow(tune, tree), expected, rtol=1e-12)


@given(models, corpora, tunes)
def test_learning_while_it_predicts_as_the_definitions_say(model, corpus, tune):
    slow, tree = Slow(model, corpus), model.learn(corpus)
    expected = []
    for place, code in enumerate(tune):
        expected.append(slow.distribution(tune[:place]))
        slow.learn(tune[:place], code)
    np.testing.assert_allclose(model.follow(tune, tree, learning=True), expected, rtol=1e-12)


@given(models, corpora, tunes)
def test_distributions_sum_to_one_and_leave_nothing_impossible(model, corpus, tune):
    p = model.follow(tune, model.learn(corpus), learning=True)
    np.testing.assert_allclose(p.sum(-1), 1)
    assert (p > 0).all()


@given(models, corpora, corpora, tunes)
def test_two_trees_together_are_one_tree_of_both_corpora(model, first, second, tune):
    together = model.learn([*first, *second])
    apart = [model.learn(first), model.learn(second)]
    for place in range(len(tune)):
        np.testing.assert_allclose(
            model.distribution(apart, tune[:place]), model.distribution([together], tune[:place])
        )


@given(corpora, tunes)
def test_asking_changes_nothing(corpus, tune):
    model = Ppm(CODES)
    tree = model.learn(corpus)
    once = model.follow(tune, tree)
    model.follow(tune[::-1], tree)
    np.testing.assert_array_equal(model.follow(tune, tree), once)


LETTERS = {letter: code for code, letter in enumerate("abcdr")}


def spelled(text):
    return [LETTERS[letter] for letter in text]


def after_abracadabra(**settings):
    model = Ppm(len(LETTERS), **settings)
    return model.distribution([model.learn([spelled("abracadabra")])], spelled("abracadabra"))


def test_contexts_of_abracadabra():
    tree = Contexts(None, [spelled("abracadabra")])
    root = Suffix([(tree, tree.root)])
    after_a = root.longer(spelled("abra"))
    after_ra = after_a.longer(spelled("abra"))
    named = [
        {"abcdr"[code]: count for code, count in counts.items()}
        for counts in (root.counts, root.novel, after_a.counts, after_a.novel, after_ra.counts)
    ]
    assert named == [
        {"a": 5, "b": 2, "r": 2, "c": 1, "d": 1},
        {"a": 4, "b": 1, "r": 1, "c": 1, "d": 1},  # a: at the start, and after r, c, d
        {"b": 2, "c": 1, "d": 1},
        {"b": 2, "c": 1, "d": 1},  # b: at the start, and where d stood before
        {"c": 1},
    ]


def test_order_1_of_abracadabra_as_worked_by_hand():
    # After "a": b twice, c once, d once. C: b 2/7, c 1/7, d 1/7, escape 3/7. Then a 5, b 2, r 2,
    # c 1, d 1 of 11, where b, c, d are excluded: n = 7, 5 kinds: a 5/12, b 2/12, r 2/12, c 1/12,
    # d 1/12, escape 5/12; at last each code 1 / (5 + 1 - 5) = 1.
    raw = np.array([5 / 12, 2 / 12, 1 / 12, 1 / 12, 2 / 12]) + 5 / 12
    raw = np.array([0, 2, 1, 1, 0]) / 7 + 3 / 7 * raw
    np.testing.assert_allclose(after_abracadabra(order=1), raw / raw.sum())


def test_backing_off_abracadabra_as_worked_by_hand():
    # As above, but b, c, d keep what "a" gives them, a and r what order 0 gives.
    raw = np.array([3 / 7 * 5 / 12, 2 / 7, 1 / 7, 1 / 7, 3 / 7 * 2 / 12])
    found = after_abracadabra(order=1, interpolated=False)
    np.testing.assert_allclose(found, raw / raw.sum())


@pytest.mark.parametrize(
    ("escape", "after_a", "escaped"),
    [
        ("a", [0, 2 / 5, 1 / 5, 1 / 5, 0], 1 / 5),
        ("b", [0, 1 / 4, 0, 0, 0], 3 / 4),
        ("c", [0, 2 / 7, 1 / 7, 1 / 7, 0], 3 / 7),
        ("d", [0, 3 / 8, 1 / 8, 1 / 8, 0], 3 / 8),
        ("x", [0, 2 / 7, 1 / 7, 1 / 7, 0], 3 / 7),
    ],
)
def test_escape_methods_as_worked_by_hand(escape, after_a, escaped):
    # Without exclusion, a model of order 0 alone predicts order 0.
    order0 = after_abracadabra(order=0, escape=escape, exclusion=False)
    found = after_abracadabra(order=1, escape=escape, exclusion=False)
    np.testing.assert_allclose(found, np.array(after_a) + escaped * order0)


def test_the_shortest_deterministic_context_is_taken():
    # "abra" came before, followed by c; so was "ra": PPM* starts there. C: c 1/2.
    raw = np.array([5 / 12, 2 / 12, 1 / 12, 1 / 12, 2 / 12]) + 5 / 12
    # After "a", c is excluded: n = 3, 3 kinds.
    raw = np.array([0, 2, 1, 1, 0]) / 6 + 1 / 2 * raw
    raw = np.array([0, 0, 1, 0, 0]) / 2 + 1 / 2 * raw
    np.testing.assert_allclose(after_abracadabra(), raw / raw.sum())


PUBLISHED = [
    # text, settings, after it, as IDyOM 1.7 predicts it, the published program of the model
    ("abracadabra", {}, [0.13157894, 0.1973684, 0.44736835, 0.13157894, 0.092105255]),
    ("abracadabr", {}, [0.4347826, 0.1521739, 0.13043477, 0.13043477, 0.1521739]),
    ("abracadabra", {"order": 1}, [0.19230768, 0.2884615, 0.19230768, 0.19230768, 0.13461538]),
    (
        "abracadabra",
        {"update_exclusion": True},
        [0.1356784, 0.19095479, 0.44221106, 0.14070353, 0.09045227],
    ),
    (
        "abracadabra",
        {"interpolated": False},
        [0.11627906, 0.18604651, 0.5581395, 0.093023255, 0.046511628],
    ),
    (
        "abracadabra",
        {"interpolated": False, "update_exclusion": True},
        [0.11428572, 0.19047621, 0.5714286, 0.095238104, 0.02857143],
    ),
    (
        "abracadabr",
        {"interpolated": False, "exclusion": False},
        [0.7142857, 0.0952381, 0.04761905, 0.04761905, 0.0952381],
    ),
    ("aaaaaaaa", {"interpolated": False, "vocabulary_size": 2}, [0.9333334, 0.06666667]),
    ("aaaaaaaab", {"interpolated": False, "vocabulary_size": 2}, [0.88888884, 0.111111104]),
]


@pytest.mark.parametrize(("text", "settings", "expected"), PUBLISHED)
def test_as_the_published_program_predicts_it(text, settings, expected):
    model = Ppm(**{"vocabulary_size": len(LETTERS)} | settings)
    found = model.distribution([model.learn([spelled(text)])], spelled(text))
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_nothing_learned_is_nothing_known():
    np.testing.assert_allclose(Ppm(5).distribution([Contexts()], []), np.full(5, 1 / 5))


def test_a_tree_stays_small_whatever_the_length_of_its_contexts():
    tune = np.random.default_rng(0).integers(0, 12, 5000).tolist()
    assert len(Contexts(None, [tune])) < 6 * len(tune)


@pytest.mark.parametrize("period", [1, 3])
def test_a_long_repetition_is_learned(period):
    song = [0, *([1, 2, 3][:period] * (100_000 // period)), 0]
    model = Ppm(CODES)
    tree = model.learn([song])
    assert len(tree) < 1000
    after = model.distribution([tree], song[: 1 + 20 * period])
    assert after.argmax() == 1
    assert after.sum() == pytest.approx(1)


@pytest.mark.parametrize("update_exclusion", [False, True])
def test_a_repetition_is_predicted_as_the_definitions_say(update_exclusion):
    song = [0, *[1] * 150, 2, *[1] * 150, 3]  # longer than what is sorted at once
    model = Ppm(CODES, update_exclusion=update_exclusion)
    tree, slow = model.learn([song]), Slow(model, [song])
    for length in (3, 100, 151, 301):
        predicted = model.distribution([tree], song[:length])
        np.testing.assert_allclose(predicted, slow.distribution(song[:length]), atol=1e-12)
