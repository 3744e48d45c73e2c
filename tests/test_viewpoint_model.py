"""The model of viewpoints: what it sees, what it predicts, how it learns."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from melodyrnn.models.backend import tf
from melodyrnn.models.config import ModelConfig, StreamConfig
from melodyrnn.models.context import Change, SequenceContext
from melodyrnn.models.networks.numpy_viewpoints import ViewpointPredictor
from melodyrnn.models.networks.viewpoint_network import BEYOND, ViewpointNetwork, by_extremes
from melodyrnn.models.next_tokens import OfTokens
from melodyrnn.models.viewpoints.observer import (
    ARRIVALS,
    BEYOND_LINE,
    IN_GROUP,
    LAST,
    NO_TIME,
    ON_LINE,
    STOPS,
    Observer,
)
from melodyrnn.models.viewpoints.past import BACK
from melodyrnn.models.viewpoints.symbols import Symbols
from melodyrnn.models.viewpoints.views import padded_views, views
from melodyrnn.sequences.events import NO_TOKEN
from melodyrnn.sequences.repetitions import recall
from melodyrnn.sequences.sampling import AS_EXPECTED, Sampling
from melodyrnn.system.devices import ALONE, Devices
from melodyrnn.training import replicas, viewpoints
from melodyrnn.training.replicas import replicas_of
from melodyrnn.training.trainer import AtMost, Trainer
from melodyrnn.training.viewpoints import HeldOutViews, LearnedViews, ViewpointProgram

LENGTHS, HEIGHTS = (2, 3, 4), 9
"""Two lengths of what has a height, each with every height; one of what has none; a start."""
START = 2 * HEIGHTS + 1
TOKENS = START + 1
SYMBOLS = Symbols(
    [*[0] * HEIGHTS, *[1] * HEIGHTS, 2, 3],
    [*range(HEIGHTS), *range(HEIGHTS), NO_TOKEN, NO_TOKEN],
    [*LENGTHS, 0],
    octave=6,
)
OBSERVER = Observer(SYMBOLS, unit=1)
CONFIG = ModelConfig(units=8, dropout=0.3, input_dropout=0.1, recurrent_dropout=0.1)
TRAINING = StreamConfig(batch=4, learning_rate=0.01, epochs=6)

contexts = st.builds(
    lambda length, first, origin, mode, cycles, end, changes: SequenceContext(
        length,
        min(first, length - 1),
        meter=3,
        origin=origin,
        mode=mode,
        cycles=cycles,
        end=end,
        changes=tuple(Change(at, other, 4) for at, other in sorted(changes.items())),
    ),
    st.integers(2, 12),
    st.integers(0, 6),
    st.integers(-2, 3),
    st.integers(0, 1),
    st.integers(0, 12),
    st.integers(0, 60),
    st.dictionaries(st.integers(5, 60), st.integers(2, 9), max_size=2),
)
songs = st.lists(st.integers(0, START - 1), min_size=1, max_size=30).map(
    lambda tokens: np.array([START, *tokens], dtype=np.int32)
)
many = st.lists(st.tuples(songs, contexts), min_size=1, max_size=4)


def some(count=5, seed=0):
    random = np.random.default_rng(seed)
    sequences = [
        np.append(START, random.integers(0, START, random.integers(3, 40))).astype(np.int32)
        for _ in range(count)
    ]
    return sequences, [
        SequenceContext(8 + n % 3, n % 4, 1, n % 4 - 1, 0, 6, 50) for n in range(count)
    ]


def seen_before(sequence, context, place):
    """What is seen before ``place``, step by step and alone."""
    memory = OBSERVER.begin([context])
    for token in sequence[:place]:
        memory = OBSERVER.append(memory, np.array([token]))
    return memory


@given(many)
@settings(deadline=None)
def test_songs_side_by_side_are_seen_as_each_alone(pairs):
    sequences, given_contexts = map(list, zip(*pairs, strict=True))
    for sequence, context, together in zip(
        sequences, given_contexts, views(OBSERVER, sequences, given_contexts), strict=True
    ):
        (alone,) = views(OBSERVER, [sequence], [context])
        for a, b in zip(together, alone, strict=True):
            assert a.tolist() == b.tolist()
        assert len(alone.kind) == len(sequence) - 1
        layout = OBSERVER.layout
        for categories, sizes in ((alone.factors, layout.factors), (alone.given, layout.given)):
            assert (categories >= 0).all()
            assert (categories < np.array(sizes)).all()
        for heights in (alone.height, alone.heights):
            assert heights.max() < layout.heights


@given(songs, contexts)
@settings(deadline=None)
def test_runs_are_those_of_a_table_of_all_pairs(sequence, context):
    """The same candidates as ``recall`` finds, which compares each place with each."""
    (view,) = views(OBSERVER, [sequence], [context])
    kind = SYMBOLS.kind[sequence]
    height = SYMBOLS.height[sequence]
    moved = np.where(height == NO_TOKEN, NO_TOKEN, height - context.origin + OBSERVER._room)
    place, _ = recall(kind.tolist())
    expected = np.where(place >= 0, kind[place], NO_TOKEN)[1:]
    assert view.kinds[:, 0].tolist() == expected.tolist()
    place, _ = recall(list(zip(kind.tolist(), height.tolist(), strict=True)))
    assert view.kinds[:, 2].tolist() == np.where(place >= 0, kind[place], NO_TOKEN)[1:].tolist()
    sounds = height != NO_TOKEN
    place, _ = recall(height.tolist(), alike=np.broadcast_to(sounds, (len(sounds),) * 2))
    assert view.heights[:, 0].tolist() == np.where(place >= 0, moved[place], NO_TOKEN)[1:].tolist()


@given(songs, st.integers(2, 12), st.integers(0, 6))
@settings(deadline=None)
def test_what_began_cycles_ago_is_what_a_clock_says(sequence, length, first):
    (view,) = views(OBSERVER, [sequence], [SequenceContext(length, min(first, length - 1))])
    kind = SYMBOLS.kind[sequence]
    onset = np.concatenate([[0], SYMBOLS.ticks[kind].cumsum()[:-1]]).tolist()
    for place in range(1, len(sequence)):
        begun = {onset[n]: kind[n] for n in range(1, place)}
        for column, cycles in enumerate(BACK, 4):
            expected = begun.get(onset[place] - cycles * length, NO_TOKEN)
            assert view.kinds[place - 1, column] == expected


def test_bars_by_hand():
    """After a pickup of 2 ticks bars of 6; from tick 14 on, where the third begins, of 4."""
    context = SequenceContext(6, 2, meter=1, cycles=5, changes=(Change(14, 4, 2),))
    rows = views(OBSERVER, [np.array([START, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])], [context])[0].factors
    columns = rows[:, 9:20].T.tolist()
    into, from_end, from_start, in_group, group, line, _, _, meter, _, left = columns
    assert into == [4, 0, 2, 4, 0, 2, 4, 0, 2, 0]  # onsets 0, 2, ..., 18
    assert from_end == [1, 5, 3, 1, 5, 3, 1, 3, 1, 3]
    assert from_start == [0, 2, 4, 0, 2, 4, 0, 2, 0, 2]
    assert in_group == [0, 1, 1, 1, 2, 2, 2, 3, 3, 4]
    assert group == [0] * 10
    begun = [2 * (a == 0) + (b == 0) for a, b in zip(into, from_start, strict=True)]
    assert [number // IN_GROUP for number in line] == begun
    assert [number % IN_GROUP for number in line] == in_group
    assert meter == [1] * 7 + [2] * 3
    assert left == [6, 5, 5, 5, 4, 4, 4, 3, 3, 2]  # one more than cycles after this one, and 0


def test_what_a_song_arrives_at_by_hand():
    """Heights of 2 and 3 ticks, and a rest of 4, which is no longer one of them."""
    sequence = np.array([START, 0, 9, 1, 18, 10])
    (view,) = views(OBSERVER, [sequence], [SequenceContext(6)])
    arrival, longest = view.factors[:, 15:17].T.tolist()
    degrees = view.factors[:, 3].tolist()
    assert [number // 2 for number in arrival] == degrees
    assert [number % 2 for number in arrival] == [1, 1, 1, 0, 1]
    assert longest == [0, 1, 2, 2, 2]


ENDING = np.array([START, 2, 10, 11, 18, 1, 1])
"""They begin at ticks 0, 0, 2, 5, 8, 12 and 14, so that two cycles of 8 are over at the end."""


def test_where_a_kind_would_end_by_hand():
    (view,) = views(OBSERVER, [ENDING], [SequenceContext(8)])
    assert view.ends[:, :3].tolist() == [
        [2, 3, 4],
        [4, 5, 6],
        [7, ON_LINE, BEYOND_LINE],
        [2, 3, 4],
        [6, 7, ON_LINE],
        [ON_LINE, BEYOND_LINE, BEYOND_LINE],
    ]
    (told,) = views(OBSERVER, [ENDING], [SequenceContext(8, cycles=2, end=16)])
    assert told.ends[:3, :3].tolist() == view.ends[:3, :3].tolist()
    assert told.ends[3, :3].tolist() == [LAST + 2, LAST + 3, LAST + 4]
    assert told.ends[4:, :3].tolist() == [
        [LAST + 6, LAST + 7, LAST + ON_LINE],
        [LAST + ON_LINE, LAST + BEYOND_LINE, LAST + BEYOND_LINE],
    ]


def test_a_stop_is_told_apart_by_where_it_would_be():
    stop = SYMBOLS.kind[START]
    (view,) = views(OBSERVER, [ENDING], [SequenceContext(8)])
    classes = view.ends[:, stop] - NO_TIME
    assert (classes // (2 * ARRIVALS)).tolist() == [3, 0, 0, 3, 0, 0]  # the line
    assert (classes // 2 % ARRIVALS).tolist() == [1, 1, 1, 1, 1, 0]  # the longest so far
    assert (classes % 2).tolist() == (view.factors[:, 3] == 1).tolist()  # at home
    (told,) = views(OBSERVER, [ENDING], [SequenceContext(8, cycles=1, end=8)])
    elsewhere = STOPS + 1
    assert (told.ends[:, stop] - NO_TIME).tolist() == [
        *[elsewhere] * 3,
        STOPS,
        *[elsewhere] * 2,
    ]


@given(songs, contexts)
@settings(deadline=None)
def test_extremes_are_those_of_all_heights_so_far(sequence, context):
    (view,) = views(OBSERVER, [sequence], [context])
    heights = SYMBOLS.height[sequence]
    for place, extremes in enumerate(view.extremes.tolist(), 1):
        so_far = heights[:place][heights[:place] != NO_TOKEN] + view.lowest[0]
        expected = [so_far.max(), so_far.min()] if len(so_far) else [NO_TOKEN, NO_TOKEN]
        assert extremes == expected


def test_logits_by_how_far_a_height_is_beyond_all_so_far():
    logits = tf.range(-BEYOND, BEYOND + 1, dtype=tf.float32)[None, None]
    found = by_extremes(logits, tf.constant([[[9, 7]]]), 20).numpy()[0, 0].tolist()
    assert found == [-5, -5, -5, -4, -3, -2, -1, 0, 0, 0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 5]
    none = tf.constant([[[NO_TOKEN, NO_TOKEN]]])
    assert not by_extremes(logits, none, 20).numpy().any()


def test_a_moved_song_looks_the_same_from_its_origin():
    sequence = np.array([START, 0, 2, 13, 18, 1, 0, 2], dtype=np.int32)
    up = sequence + np.isin(sequence, np.flatnonzero(SYMBOLS.height != NO_TOKEN))
    (here,), (there,) = (
        views(OBSERVER, [tokens], [SequenceContext(8, origin=origin)])
        for tokens, origin in ((sequence, 0), (up, 1))
    )
    for name, a, b in zip(here._fields, here, there, strict=True):
        assert name == "lowest" or a.tolist() == b.tolist()


@pytest.fixture(scope="module")
def network():
    network = ViewpointNetwork(OBSERVER.layout, CONFIG)
    network.start(3)
    return network


def test_numpy_predicts_what_tensorflow_does(network):
    sequences, given_contexts = some()
    predictor = ViewpointPredictor(network.named(), OBSERVER, given_contexts)
    shown = views(OBSERVER, sequences, [c._replace(cycles=6) for c in given_contexts])
    padded, _ = padded_views(shown, 40)
    logits = network.logits(padded)
    kinds = tf.nn.log_softmax(logits.kind).numpy()
    heights = tf.nn.log_softmax(logits.height).numpy()
    for song, (view, sequence, logs) in enumerate(
        zip(shown, sequences, predictor.logits(sequences), strict=True)
    ):
        rows = np.arange(len(view.kind))
        expected = kinds[song, rows, view.kind]
        sounds = SYMBOLS.height[sequence[1:]] != NO_TOKEN
        expected = expected + sounds * heights[song, rows, view.height]
        np.testing.assert_allclose(logs[rows, sequence[1:]], expected, atol=1e-5)


def test_probabilities_add_up_to_one(network):
    sequences, given_contexts = some()
    for p in ViewpointPredictor(network.named(), OBSERVER, given_contexts).distributions(sequences):
        assert p.shape[1] == TOKENS
        np.testing.assert_allclose(p.sum(1), 1.0, atol=1e-9)


def test_step_by_step_is_as_all_at_once(network):
    sequences, given_contexts = some(3)
    predictor = ViewpointPredictor(network.named(), OBSERVER, given_contexts)
    expected = predictor.logits(sequences)
    state = predictor.begin(3)
    shortest = min(map(len, sequences))
    for place in range(shortest - 1):
        rows = np.stack([sequence[place : place + 1] for sequence in sequences])
        logits, state = predictor.step(rows, state)
        for song in range(3):
            np.testing.assert_allclose(logits[song], expected[song][place], atol=1e-6)
    picked = predictor.pick(state, np.array([2, 2]))
    row = sequences[2][[shortest - 1]]
    if shortest < len(sequences[2]):
        logits, _ = predictor.step(np.stack([row, row]), picked)
        np.testing.assert_allclose(logits, [expected[2][shortest - 1]] * 2, atol=1e-6)


masks = st.one_of(
    st.none(),
    st.just(np.ones((3, 1), dtype=bool)),
    # By kinds, of which all tokens or none may come, and by single tokens.
    st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=3, max_size=3).map(
        lambda kinds: np.array(kinds)[:, SYMBOLS.kind]
    ),
    st.lists(st.lists(st.booleans(), min_size=TOKENS, max_size=TOKENS), min_size=3, max_size=3).map(
        np.array
    ),
)


@given(
    masks,
    st.sampled_from([AS_EXPECTED, Sampling(0.8), Sampling(top_k=4), Sampling(top_p=0.7)]),
    st.lists(st.floats(0, 1, exclude_max=True), min_size=3, max_size=3).map(np.array),
)
@settings(deadline=None, max_examples=40)
def test_kind_first_or_all_at_once_the_same_token_is_drawn(network, mask, sampling, uniforms):
    sequences, given_contexts = some(3)
    predictor = ViewpointPredictor(network.named(), OBSERVER, given_contexts)
    state = predictor.begin(3)
    for place in range(3):
        rows = np.stack([sequence[place : place + 1] for sequence in sequences])
        (expected, _), (logits, state) = (
            predictor.expected(rows, state),
            predictor.step(rows, state),
        )
    if mask is not None:
        mask = mask | ~mask.any(axis=1, keepdims=True)  # something may come
    several = np.array([2, 0, 0])
    chosen = None if mask is None else mask[several]
    taken = expected.pick(several).draw(chosen, sampling, uniforms)
    all_at_once = OfTokens(logits[several]).draw(chosen, sampling, uniforms)
    assert taken.tokens.tolist() == all_at_once.tokens.tolist()
    np.testing.assert_allclose(taken.log_probability, all_at_once.log_probability, atol=1e-5)


@given(many, st.data())
@settings(deadline=None, max_examples=25)
def test_what_is_known_with_one_kind_is_that_with_each(pairs, data):
    sequences, given_contexts = map(list, zip(*pairs, strict=True))
    observed = OBSERVER.begin(given_contexts)
    for place in range(min(map(len, sequences))):
        observed = OBSERVER.append(observed, np.array([each[place] for each in sequences]))
        each = OBSERVER.given(observed)
        rows = np.array(data.draw(st.lists(st.integers(0, len(pairs) - 1), min_size=1, max_size=4)))
        kinds = np.array([data.draw(st.integers(0, SYMBOLS.kinds - 1)) for _ in rows])
        one = OBSERVER.given_kind(observed, kinds, rows)
        for of_each, of_one in zip(each, one, strict=True):
            assert of_one.tolist() == of_each[rows, kinds].tolist()


def test_tokens_in_another_order_are_drawn_all_at_once(network):
    order = [1, 0, *range(2, TOKENS)]
    symbols = Symbols(SYMBOLS.kind[order], SYMBOLS.height[order], SYMBOLS.ticks, octave=6)
    predictor = ViewpointPredictor(network.named(), Observer(symbols, unit=1), some(1)[1])
    expected, _ = predictor.expected(np.array([[START]]), predictor.begin(1))
    assert isinstance(expected, OfTokens)


def test_weights_of_another_network_are_refused(network):
    weights = network.named()
    with pytest.raises(ValueError, match="weights of another network: last"):
        ViewpointPredictor({**weights, "last": weights["last"][1:]}, OBSERVER)


@pytest.fixture(scope="module")
def program(network):
    sequences, given_contexts = some(9)
    new, new_contexts = some(3, seed=5)
    known = [np.ones(len(sequence), dtype=bool) for sequence in new]
    units = sum(len(sequence) - 1 for sequence in new)
    held_out = HeldOutViews(views(OBSERVER, new, new_contexts), known, units, 0.0)
    untold = [context._replace(cycles=0, end=0) for context in given_contexts]
    learned = LearnedViews(*(views(OBSERVER, sequences, each) for each in (untold, given_contexts)))
    return ViewpointProgram(network, learned, held_out, TRAINING)


def begun(program, seed=3):
    program.network.start(seed)
    program.restart()
    return Trainer(program, AtMost(4, early_stop=False))


def test_it_learns(program):
    trainer = begun(program)
    assert trainer.run()
    losses = [row.loss for row in trainer.history]
    assert losses[-1] < losses[0]
    bits = [row.val_bits for row in trainer.history]
    assert trainer.best_score.bits == min(bits)
    assert all(0 < row.val_kind_bits < row.val_bits for row in trainer.history)


def test_a_training_restored_at_any_batch_ends_in_the_same_bits(program):
    straight, states = begun(program), []
    assert straight.run(lambda *_: states.append(straight.state()))
    end = straight.state()
    assert len(states) == 4 * program.batches
    for middle in (states[1], states[4]):
        resumed = begun(program, seed=8)
        resumed.restore(middle)
        assert resumed.run()
        for name, array in resumed.state().items():
            assert array.tobytes() == end[name].tobytes(), name


def test_a_step_that_was_cut_off_leaves_nothing(program):
    for total in program._compiled._gradient:
        total.assign_add(tf.ones_like(total))
    begun(program)
    assert not any(total.numpy().any() for total in program._compiled._gradient)


def test_a_batch_in_parts_has_the_same_gradient(monkeypatch):
    """But for what is dropped out, of which each part draws its own."""
    whole = replace(CONFIG, dropout=0.0, input_dropout=0.0, recurrent_dropout=0.0)
    sequences, given_contexts = some(4)
    seen = views(OBSERVER, sequences, given_contexts)
    weights = []
    for at_once in (viewpoints.AT_ONCE, 64):
        monkeypatch.setattr(viewpoints, "AT_ONCE", at_once)
        network = ViewpointNetwork(OBSERVER.layout, whole)
        network.start(0)
        nothing = HeldOutViews([], [], 1, 0.0)
        program = ViewpointProgram(network, LearnedViews(seen, seen), nothing, TRAINING)
        (row,) = program.advance(0, 1)
        weights.append((row.loss, program.network.copy()))
    (loss, together), (same_loss, apart) = weights
    assert same_loss == pytest.approx(loss, rel=1e-5)
    for a, b in zip(together, apart, strict=True):
        assert b == pytest.approx(a, abs=1e-5)


def test_two_devices_learn_what_one_does(monkeypatch):
    """What is dropped out does not depend on who computes it."""
    monkeypatch.setattr(replicas, "_places", lambda count: ["/CPU:0"] * count)
    sequences, given_contexts = some(3)
    seen, losses = views(OBSERVER, sequences, given_contexts), []
    for devices in (ALONE, Devices(local=2)):
        network = ViewpointNetwork(OBSERVER.layout, CONFIG)
        network.start(0)
        nothing = HeldOutViews([], [], 1, 0.0)
        program = ViewpointProgram(network, LearnedViews(seen, seen), nothing, TRAINING, devices)
        losses.append([program.advance(epoch, 2)[0].loss for epoch in range(2)])
    replicas_of.cache_clear()
    assert losses[1] == pytest.approx(losses[0], rel=1e-5)


def test_how_many_cycles_are_left_is_known_of_half_the_songs(program):
    program._enter(7)
    for known, index in zip(program._known, range(9), strict=True):
        untold, told = (views[index] for views in program._learned)
        assert all(map(np.array_equal, program._seen(index), told if known else untold))
        assert not all(map(np.array_equal, told, untold))
    assert 0 < sum(program._known) < 9
