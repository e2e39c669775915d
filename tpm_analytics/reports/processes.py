"""Workers that are processes of this machine."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import queue
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing.queues import Queue as ProcessQueue
from types import TracebackType
from typing import Any, Self

from tpm_analytics import head_start
from tpm_analytics.reports import signals
from tpm_analytics.reports.fan_out import Errand, T

# What ends a run on a worker, and how Python takes it by itself
_SIGNALS: dict[int, Any] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
}
_AGAIN_SECONDS = 0.2

_line: Any = None  # of a worker: where it tells how far its run is
_stopped: Any = None  # of a worker: an event after which it begins no run
_busy = False  # of a worker: whether it does a run


class Processes:
    """Workers on this machine, each a process; they share one fork server for their kernels.

    Once one has died, `broke` is true: what others had just ended may not have been told.

    Parameters
    ----------
    workers
        How many.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.context = head_start.worker_context()
        self.told: ProcessQueue[Any] = self.context.Queue()
        self.stopped = self.context.Event()
        self.pids: set[int] = set()
        self.pool: ProcessPoolExecutor | None = None
        self.broke = False

    def __enter__(self) -> Self:
        """Have the fork server start while the workers do."""
        head_start.address(os.environ)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the workers; after an interrupt, as the interrupt would."""
        if self.pool is not None and error is not None:
            self._interrupt(signal.SIGINT if kind is KeyboardInterrupt else signal.SIGTERM)
        elif self.pool is not None:
            self.pool.shutdown()
        self.told.close()
        self.told.cancel_join_thread()

    def submit(self, errand: Errand[T]) -> Future[T]:
        """Have a process do `errand`: one of a new pool where a worker of the old one died."""
        if self.pool is None:
            server = head_start.address(os.environ)
            self.pool = ProcessPoolExecutor(
                self.workers,
                mp_context=self.context,
                initializer=_begin,
                initargs=(self.told, self.stopped, str(server or "")),
            )
        return self.pool.submit(_in_process, errand)

    def heard(self) -> Iterator[tuple[str, int, int]]:
        """Yield what the workers told since."""
        while True:
            try:
                said = self.told.get_nowait()
            except queue.Empty:
                return
            if isinstance(said, int):
                self.pids.add(said)
            else:
                yield said

    def died(self, error: BaseException) -> bool:
        """Whether a worker was killed: the pool is of no use any more."""
        if not isinstance(error, BrokenExecutor):
            return False
        self.broke = True
        if self.pool is not None:
            self.pool.shutdown(wait=True, cancel_futures=True)
            self.pool = None
            self.pids.clear()
        return True

    def _interrupt(self, number: signal.Signals) -> None:
        if self.pool is None:
            return
        list(self.heard())
        self.stopped.set()
        # The pool itself tells nobody who its workers are; one that still starts just ends
        for pid in list(self.pool._processes or ()):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number if pid in self.pids else signal.SIGTERM)
        self.pool.shutdown(wait=True, cancel_futures=True)


def _begin(told: Any, stopped: Any, server: str) -> None:
    """Make a process a worker: it hears of interrupts from the one who asks, and ends with it.

    No signal ends it while it waits: it would take the lock of the queue along, for which all
    others would wait for ever.
    """
    global _line, _stopped
    _line, _stopped = told, stopped
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    if os.name == "posix":
        os.setpgid(0, 0)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if server:
        os.environ[head_start.ADDRESS_VARIABLE] = server
    told.put(os.getpid())


def _end_with_parent() -> None:
    """End this worker when the one who asks has ended, were it by a kill.

    The system would tell only of the end of the server that forked it, which lasts as long as
    any of its workers.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    parent.join()
    main = threading.main_thread().ident or 0
    while _busy and hasattr(signal, "pthread_kill"):  # its run ends with all that it started
        signal.pthread_kill(main, signal.SIGTERM)
        time.sleep(_AGAIN_SECONDS)
    os._exit(1)


def _in_process(errand: Errand[T]) -> T:
    parent = multiprocessing.parent_process()
    with _interruptible(), signals.heeded():
        # One errand more than there are workers waits where none can take it back
        if _stopped.is_set() or (parent is not None and not parent.is_alive()):
            raise KeyboardInterrupt
        return errand.do(lambda *step: _line.put(step))


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """Let a signal end a run, and leave a worker that waits for one in peace."""
    global _busy
    _busy = True
    for number, handler in _SIGNALS.items():
        signal.signal(number, handler)
    try:
        yield
    finally:
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        _busy = False
