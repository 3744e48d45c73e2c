"""A process beside the server that stays warm and does one thing after another.

What a stranger's file or a person's wish may cost is bounded: after so many seconds the process is
ended, and the next task begins another; of memory it has what ``work.py`` allows.
"""

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from melodyrnn.studio.answers import RefusedError
from melodyrnn.system.workers import LostError, Worker

if TYPE_CHECKING:
    from melodyrnn.studio import work


class Helper:
    """``name`` says what it does, in messages."""

    def __init__(self, name: str, seconds: float, memory: int) -> None:
        """``seconds``: the most that one task may take; ``memory``: bytes, of the process."""
        self.name, self.seconds, self.memory = name, seconds, memory
        self._worker: Worker | None = None
        self._turn = asyncio.Lock()

    async def ask(self, what: str, /, **values: Any) -> dict[str, Any]:
        """What ``work.py`` answers. Raises MelodyError. Whoever is cancelled ends the task."""
        async with self._turn:
            worker = self._worker = self._worker or Worker()
            ended = threading.Event()  # by this side

            def give_up() -> None:
                ended.set()
                worker.give_up()

            timer = threading.Timer(self.seconds, give_up)
            timer.daemon = True
            timer.start()
            wish = (what, values, self.memory)
            task = asyncio.create_task(asyncio.to_thread(self._answer, worker, wish, ended))
            try:
                return await asyncio.shield(task)
            except asyncio.CancelledError:
                give_up()
                await asyncio.gather(task, return_exceptions=True)
                raise
            finally:
                timer.cancel()

    def _answer(self, worker: Worker, task: "work.Task", ended: threading.Event) -> dict[str, Any]:
        try:
            return self._asked(worker, task, ended)
        except LostError:
            why = f"took more than {self.seconds:g} seconds" if ended.is_set() else "was ended"
            raise RefusedError(f"{self.name} {why}; ask for less, or try again", 503) from None

    def _asked(self, worker: Worker, task: "work.Task", ended: threading.Event) -> dict[str, Any]:
        """Once more where the process was dying already, which is only seen when it is asked."""
        try:
            return worker.ask(_answered, task)
        except LostError:
            if ended.is_set() or worker.stopped:
                raise
            return worker.ask(_answered, task)

    @property
    def process(self) -> int | None:
        """Its id, where there is one."""
        return self._worker.process if self._worker else None

    def stop(self) -> None:
        if self._worker:
            self._worker.stop()


def _answered(task: "work.Task") -> dict[str, Any]:
    """What the process does; the server imports nothing of it."""
    from melodyrnn.studio import work

    return work.answer(task)
