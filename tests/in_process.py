"""Work that is shared out, done by this process itself: it has imported TensorFlow, which a worker
would first have to do.
"""

from functools import partial

from melodyrnn.errors import MelodyError, naming_options


class OneAfterAnother:
    """An engine of ``melodyrnn.system.sharing`` without workers."""

    def __init__(self, place, tasks):
        pass

    def room(self):
        return 1

    def begin(self, work, task, done):
        try:
            with naming_options():  # as in a worker
                answer = work(task)
        except MelodyError as error:
            done(partial(_raise, error))
        else:
            done(lambda: answer)

    def said(self):
        return ""

    def close(self):
        pass


def _raise(error):
    raise error
