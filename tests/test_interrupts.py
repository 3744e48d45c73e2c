"""Ctrl-C while something lasts that must not be cut in two."""

import os
import signal
import threading

import pytest

from melodyrnn.system.interrupts import uninterrupted


@pytest.fixture(autouse=True)
def handled():
    """Also where the tests were started in the background, where Ctrl-C is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def ctrl_c():
    os.kill(os.getpid(), signal.SIGINT)


@uninterrupted()
def work(reached, times, error=None):
    for _ in range(times):
        ctrl_c()
    if error:
        raise error
    reached.append("the end")


def test_ctrl_c_waits_for_the_end():
    reached = []
    with pytest.raises(KeyboardInterrupt):
        work(reached, 1)
    assert reached
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_one_does_not_wait():
    reached = []
    with pytest.raises(KeyboardInterrupt):
        work(reached, 2)
    assert not reached


def test_an_error_is_still_that_error():
    with pytest.raises(ValueError, match="of its own"):
        work([], 1, ValueError("of its own"))


def test_nothing_changes_where_somebody_else_handles_it():
    heard = []
    signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    with uninterrupted():
        ctrl_c()
        assert heard


def test_nor_in_another_thread():
    found = []

    def look():
        with uninterrupted():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]
