import pytest
from hypothesis import given
from hypothesis import strategies as st

from melodyrnn.errors import VocabularyError
from melodyrnn.sequences.vocabulary import Vocabulary

symbols = st.lists(st.text(min_size=1), min_size=1, unique=True)


@given(symbols, st.data())
def test_decode_undoes_encode(table, data):
    vocabulary = Vocabulary(table)
    text = data.draw(st.lists(st.sampled_from(table)))
    assert vocabulary.decode(vocabulary.encode(text)) == text
    assert Vocabulary.from_json(vocabulary.to_json()) == vocabulary


@given(st.lists(st.lists(st.text(min_size=1)), min_size=1).filter(any), st.randoms())
def test_same_symbols_give_same_indices_in_any_order(sequences, random):
    shuffled = [random.sample(sequence, len(sequence)) for sequence in sequences]
    random.shuffle(shuffled)
    assert Vocabulary.of(sequences) == Vocabulary.of(shuffled)


def test_of_sorts_by_its_key_then_by_symbol():
    assert Vocabulary.of(["다나", "가나라"], key=lambda s: s == "가").symbols == tuple("나다라가")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Vocabulary([]), "a vocabulary needs at least one symbol, and none may be empty"),
        (lambda: Vocabulary(["a", ""]), "a vocabulary needs at least one symbol, and none may be"),
        (lambda: Vocabulary("aba"), "'a' stands twice in the vocabulary; each symbol has one"),
        (
            lambda: Vocabulary(["g8", "g4", "c4"]).encode(["g8", "g16"]),
            "'g16' is not among the 3 tokens of the vocabulary; near it are g8, g4, c4",
        ),
        (lambda: Vocabulary("ab").decode([2]), "index 2 is outside this vocabulary of 2"),
        (lambda: Vocabulary("ab").decode([-1]), "index -1 is outside this vocabulary of 2"),
        (lambda: Vocabulary.from_json({"a": 1}), "a vocabulary is a list of symbols"),
    ],
)
def test_messages(make, message):
    with pytest.raises(VocabularyError) as caught:
        make()
    assert str(caught.value).startswith(message)
