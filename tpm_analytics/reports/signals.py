"""An order to stop, by SIGTERM or Ctrl-C: it ends a run, and the ledger tells the two apart."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# How long who waits may go without asking whether an order was given
HEARD_SECONDS = 0.5
# What a shell says of a process that such a signal has ended
_ENDED_BY_SIGNAL = 128

_order: BaseException | None = None


class Terminated(SystemExit):
    """The process was told to end."""


@contextmanager
def heeded() -> Iterator[None]:
    """Let SIGTERM raise `Terminated` here, where it would end the process at once.

    Who has said already what the signal shall do is left alone; a second one does not disturb
    the tidying up after the first. An order, Ctrl-C too, that comes to nothing is raised at the
    end, or where `pass_on` is called.
    """
    global _order
    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    )
    if not ours:
        yield
        return
    _order = None
    interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGTERM, _terminate)
    if interruptible:
        signal.signal(signal.SIGINT, _interrupt)
    try:
        yield
        pass_on()
    finally:
        _order = None
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        if interruptible:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def pass_on() -> None:
    """Raise an order again that was given, but came to nothing; who waits for long calls this.

    Python raises it wherever the process happens to be: in the end of an object or a callback of
    a library it is printed, and the work goes on.
    """
    if _order is not None and threading.current_thread() is threading.main_thread():
        raise _order


def _terminate(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    global _order
    signal.signal(number, signal.SIG_IGN)
    _order = Terminated(_ENDED_BY_SIGNAL + number)
    raise _order


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    global _order
    _order = KeyboardInterrupt()
    raise _order
