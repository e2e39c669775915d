"""A server that imports once what kernels need, and forks one fresh kernel for each request.

It is run as a script, so that it imports nothing of this package before it is asked to. Each fork
is a keeper, which stays to end the kernel with all that it started, and below it the kernel.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import gc
import importlib
import importlib.abc
import importlib.machinery
import io
import json
import os
import random
import select
import shutil
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

# From linux/prctl.h
_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_REQUEST_SECONDS = 10
_ANSWER_SECONDS = 2
_LONGEST_REQUEST = 16 * 2**20
# A parent of this number is taken for init, which never ends: no thread of the kernel watches it
_NO_WATCH = "--IPKernelApp.parent_handle=1"
# Cells make much that is gone at once: by Python's own 700 it is looked at sixty times a report
_YOUNG_OBJECTS = 10_000
# Cells of reports are not what their reader typed: they do not belong into IPython's history
_NO_HISTORY = "--HistoryManager.enabled=False"

Request = dict[str, Any]


class Afresh(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Runs the body of a preloaded package again when a notebook imports it.

    What the import of a package does beside defining names (ours makes Altair use our theme) must
    happen in the notebooks that import it, and in no other.
    """

    def __init__(self, package: ModuleType) -> None:
        self.package = package
        self.own = package.__spec__

    def find_spec(  # noqa: D102
        self,
        fullname: str,
        path: object = None,  # noqa: ARG002
        target: object = None,  # noqa: ARG002
    ) -> ModuleSpec | None:
        if fullname != self.package.__name__ or self.own is None:
            return None
        return ModuleSpec(
            fullname, self, origin=self.own.origin, is_package=bool(self.package.__path__)
        )

    def create_module(self, spec: ModuleSpec) -> ModuleType:  # noqa: ARG002, D102
        return self.package

    def exec_module(self, module: ModuleType) -> None:  # noqa: D102
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        if self.own is None or self.own.loader is None:
            return
        module.__spec__, module.__loader__ = self.own, self.own.loader
        self.own.loader.exec_module(module)


def main(arguments: Sequence[str]) -> None:
    """Serve on the listening socket that `arguments` name until standard input ends.

    Parameters
    ----------
    arguments
        Number of the socket, folder to remove at the end, and what to preload.
    """
    listener = socket.socket(fileno=int(arguments[0]))
    folder = Path(arguments[1])
    _forget_this_script()
    preload(arguments[2:])
    request = serve(listener, folder)
    if request is not None:
        run_kernel(request)


def preload(names: Iterable[str]) -> None:
    """Import modules, leave out those that cannot be, and hold all of it still for forks.

    A name of the form ``package!`` is one whose body runs again where a notebook imports it.
    """
    gc.disable()
    for name in names:
        package = name.rstrip("!")
        with contextlib.suppress(ImportError):
            importlib.import_module(package)
        if name.endswith("!") and package in sys.modules:
            sys.meta_path.insert(0, Afresh(sys.modules.pop(package)))
    _forget_charts()
    gc.freeze()  # what little of it is garbage stays: to look for it takes longer than a fork


def serve(listener: socket.socket, folder: Path) -> Request | None:
    """Fork a keeper for each request; returns in the kernel with what was asked, else None."""
    server = os.getpid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        while True:
            ready, _, _ = select.select([listener, sys.stdin.fileno()], [], [])
            _reap(os.WNOHANG)
            if sys.stdin.fileno() in ready:
                listener.close()
                _reap(0)  # who is left has kernels that are still wanted
                return None
            connection, _ = listener.accept()
            with connection:
                request = _requested(connection)
                if request is None or os.fork():
                    continue
                listener.close()
                if keep(connection, server):
                    return request
                os._exit(0)
    finally:
        if os.getpid() == server:
            shutil.rmtree(folder, ignore_errors=True)


def keep(connection: socket.socket, server: int) -> bool:
    """Fork the kernel and stay until it ends, or until nobody wants it; True in the kernel.

    Everything that the kernel starts, however it hides, becomes a child of the keeper at last,
    and ends with the kernel. Who asked hears when the kernel ends, and ends it by hanging up.
    """
    signal.signal(signal.SIGTERM, _leave)
    _bind_to(server, signal.SIGTERM)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    keeper = os.getpid()
    born, bearing = os.pipe()
    kernel = os.fork()
    if not kernel:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        _bind_to(keeper, signal.SIGKILL)
        os.close(born)
        os.close(bearing)
        return True
    os.close(bearing)
    with contextlib.suppress(SystemExit, OSError):
        os.read(born, 1)  # ends when the kernel can be signalled: before, a signal would be lost
        connection.sendall(json.dumps({"pid": kernel}).encode() + b"\n")
        ended = os.pidfd_open(kernel)
        select.select([ended, connection.fileno()], [], [])
        if os.waitid(os.P_PID, kernel, os.WEXITED | os.WNOWAIT | os.WNOHANG):
            status = _ended(kernel)
            _end_all()
            connection.sendall(json.dumps({"ended": status}).encode() + b"\n")
    _end_all(kernel)
    return False


def run_kernel(request: Request) -> None:
    """Become the kernel that was asked for, as if it had been started alone."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    os.close(nothing)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(request["environment"])
    time.tzset()
    os.chdir(request["folder"])
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()
    launcher = importlib.import_module("ipykernel_launcher")
    application = importlib.import_module("ipykernel.kernelapp").IPKernelApp
    sys.argv = [str(launcher.__file__), *request["arguments"]]
    gc.set_threshold(_YOUNG_OBJECTS)
    gc.enable()
    _note_no_modules(importlib.import_module("ipykernel.ipkernel"))
    application.launch_instance([*request["arguments"], _NO_WATCH, _NO_HISTORY])
    _answer(application.instance().control_thread)
    finish()


def _note_no_modules(ipkernel: Any) -> None:
    """Have ipykernel note no modules for a debugger, which no run has.

    To ask each of thousands for its file copies the memory that they share with the server.
    """
    seen = ModuleType(sys.__name__)
    vars(seen).update(vars(sys), modules={})
    ipkernel.sys = seen


def _answer(control: Any) -> None:
    """Let the thread that was told to end the kernel say so, before its line out is cut.

    ipykernel cuts it first: where the thread has not said all yet, both wait for one another.
    """
    if control is not None and control.is_alive():
        with contextlib.suppress(RuntimeError):  # its loop has just closed
            control.stop()
        control.join(_ANSWER_SECONDS)


def finish() -> NoReturn:
    """End as Python does, but for taking apart all that the server had imported, which is long.

    Threads are waited for, what was registered for the end is done, and files are flushed.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for one in gc.get_objects():  # those of the server are not among them: they are frozen
        if type(one) in (io.TextIOWrapper, io.BufferedWriter, io.BufferedRandom):
            with contextlib.suppress(OSError, ValueError):
                one.flush()
    os._exit(0)


def _forget_this_script() -> None:
    own = str(Path(__file__).parent)
    if sys.path and sys.path[0] == own:
        del sys.path[0]


def _forget_charts() -> None:
    """Put back what the import of our package made Altair use."""
    altair: Any = sys.modules.get("altair")
    if altair is not None:
        altair.theme.enable("default")
        altair.renderers.enable("default")


def _requested(connection: socket.socket) -> Request | None:
    connection.settimeout(_REQUEST_SECONDS)
    received = bytearray()
    try:
        while not received.endswith(b"\n") and len(received) < _LONGEST_REQUEST:
            piece = connection.recv(2**16)
            if not piece:
                return None
            received += piece
        request: Request = json.loads(received)
    except (OSError, ValueError):
        return None
    connection.settimeout(None)
    return request


def _reap(how: int) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, how)[0]:
            pass


def _ended(kernel: int) -> int:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(kernel, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(kernel, 0)[1])


def _end_all(kernel: int | None = None) -> None:
    """End every process below this one; those whose parent ends here appear one round later."""
    if kernel is not None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(kernel, signal.SIGKILL)
    while children := _children():
        for child in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


def _children() -> list[int]:
    own = Path(f"/proc/self/task/{os.getpid()}/children")
    try:
        return [int(child) for child in own.read_text().split()]
    except OSError:
        return []


def _leave(*_: object) -> None:
    raise SystemExit


def _bind_to(parent: int, number: signal.Signals) -> None:
    """End when `parent` does, also if it has ended already."""
    _prctl(_PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os._exit(1)


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(sys.argv[1:])
