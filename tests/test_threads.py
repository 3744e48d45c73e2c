"""Rows shared out to threads: the same answers in the same order, and an end to all at once."""

from threading import Barrier, Event, get_ident

import numpy as np
import pytest

from melodyrnn.generation import threads
from melodyrnn.generation.generate import generate
from melodyrnn.models.config import ModelConfig, SampleConfig
from melodyrnn.models.networks import step_network as models
from melodyrnn.models.networks.numpy_network import Network


@pytest.fixture(autouse=True)
def three(monkeypatch):
    monkeypatch.setattr(threads, "cores", lambda: 3)
    monkeypatch.setattr(threads, "_WORTH_A_THREAD", 2)


def quietly(done, all_):
    pass


def test_each_row_is_worked_on_once_and_keeps_its_place():
    meet, seen = Barrier(3, timeout=60), set()

    def work(rows, progress):
        meet.wait()  # none is done before all have begun
        seen.add(get_ident())
        return rows * 10

    assert threads.in_threads(work, 8, quietly).tolist() == list(range(0, 80, 10))
    assert len(seen) == 3


def test_the_first_part_reports_how_far_all_are():
    calls = []

    def work(rows, progress):
        progress(len(rows), 9)
        return rows

    threads.in_threads(work, 8, lambda done, all_: calls.append((done, all_)))
    assert calls == [(3, 9)]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_few_rows_are_worked_on_here(count):
    def work(rows, progress):
        assert progress is quietly
        return rows

    assert threads.in_threads(work, count, quietly).tolist() == list(range(count))


def test_where_one_ends_early_so_do_the_others():
    begun, ended = Event(), Event()

    def work(rows, progress):
        if rows[0] == 0:
            assert begun.wait(60)
            raise KeyboardInterrupt
        begun.set()
        try:
            while True:
                progress(0, 1)
        finally:
            ended.set()

    with pytest.raises(KeyboardInterrupt):
        threads.in_threads(work, 4, quietly)
    assert ended.is_set()


def test_an_error_in_another_thread_is_raised():
    def work(rows, progress):
        if rows[0]:
            raise ValueError("of the second")
        return rows

    with pytest.raises(ValueError, match="of the second"):
        threads.in_threads(work, 4, quietly)


def test_songs_are_the_same_in_threads_as_in_one(monkeypatch):
    config = ModelConfig(units=8, window=3)
    network, primer = Network.of(models.build(config, 5, 2), config), np.arange(4, dtype=np.int32)
    in_three = generate(network, primer, 9, SampleConfig(), count=20)
    monkeypatch.setattr(threads, "cores", lambda: 1)
    in_one = generate(network, primer, 9, SampleConfig(), count=20)
    assert np.array_equal(in_three.songs, in_one.songs)
    np.testing.assert_allclose(in_three.log_probability, in_one.log_probability, atol=1e-5)
