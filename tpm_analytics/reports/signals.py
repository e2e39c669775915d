"""A polite order to stop: it ends a run as Ctrl-C does, and the ledger tells the two apart."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# What a shell says of a process that such a signal has ended
_ENDED_BY_SIGNAL = 128


class Terminated(SystemExit):
    """The process was told to end."""


@contextmanager
def heeded() -> Iterator[None]:
    """Let SIGTERM raise `Terminated` here, where it would end the process at once.

    Who has said already what the signal shall do is left alone; a second one does not disturb
    the tidying up after the first.
    """
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    )
    if not ours:
        yield
        return
    signal.signal(signal.SIGTERM, _terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    signal.signal(number, signal.SIG_IGN)
    raise Terminated(_ENDED_BY_SIGNAL + number)
