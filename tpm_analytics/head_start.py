"""What a run waits for, started before the rest of it is imported: servers that fork.

One has imported what kernels need and forks them, the other what workers need. Both take seconds
to start, each on a core of its own; so this module imports nothing that takes long.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from multiprocessing.context import BaseContext
from pathlib import Path

ADDRESS_VARIABLE = "TPM_FORK_SERVER"
# Imported before the first kernel; a name with ! has its body run again by the notebooks' import
PRELOADED = (
    "ipykernel_launcher",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "encodings.utf_8_sig",
    "faulthandler",
    "holidays.countries",
    "psutil",
    "sqlite3",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
    "tpm_analytics.preload",
    "tpm_analytics!",
)
# What is read when Python starts or a library is imported, and cannot be told to a fork
_READ_AT_IMPORT = ("PYTHON", "LD_", "ARROW_", "MALLOC_", "LC_", "LANG", "OPENBLAS", "OMP_", "MKL_")
# Arrow's allocator starts a thread with its import, and none may run when a kernel is forked.
# OpenBLAS stops its own at a fork, and starts them again where they are needed
_NO_THREADS = {"JE_ARROW_MALLOC_CONF": "background_thread:false"}
_LISTEN = 64
_PACKAGE = Path(__file__).parent
_SCRIPT = _PACKAGE / "reports" / "kernels" / "fork_server.py"
_WORKERS_PRELOADED = ["tpm_analytics.preload_workers"]


def begin(*, workers: int) -> None:
    """Start the server of kernels, and that of workers where there are several."""
    address(os.environ)
    if workers > 1 and _starts_workers():
        from multiprocessing import forkserver

        worker_context()
        forkserver.ensure_running()


def worker_context() -> BaseContext:
    """Return how worker processes are started: forked from a server, where there is one."""
    if not _starts_workers():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_WORKERS_PRELOADED)
    return context


def _starts_workers() -> bool:
    return "forkserver" in multiprocessing.get_all_start_methods()


@contextlib.contextmanager
def no_garbage() -> Iterator[None]:
    """Import without looking for garbage again and again: imports make none worth a tenth of them.

    Later searches leave out what is there by then.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


@contextlib.contextmanager
def hidden(*modules: str) -> Iterator[None]:
    """Let imports of `modules` fail for a while, at once, where none of them is there yet."""
    absent = [module for module in modules if module not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for module in absent:
            del sys.modules[module]


class ForkServer:
    """A server of this process, or one that another process lends by its address."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = dict(environment)
        self.stamp = _stamp()
        self.owner = os.getpid()
        self.folder = Path(tempfile.mkdtemp(prefix="tpm-"))
        self.address = self.folder / "fork"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.address))
            listener.listen(_LISTEN)
            self.process = subprocess.Popen(
                [
                    *(sys.executable, str(_SCRIPT)),
                    *(str(listener.fileno()), str(self.folder)),
                    *PRELOADED,
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[listener.fileno()],
                env={**self.environment, **_NO_THREADS},
                cwd="/",
                start_new_session=True,
            )

    def suits(self, environment: Mapping[str, str]) -> bool:
        """Whether this server serves, and its kernels are those that `environment` would give."""
        stdin = self.process.stdin
        return (
            stdin is not None
            and not stdin.closed
            and self.owner == os.getpid()
            and self.stamp == _stamp()
            and _read_at_import(environment) == _read_at_import(self.environment)
        )

    def retire(self) -> None:
        """Take no more requests, and end when the last kernel has."""
        if self.process.stdin and self.owner == os.getpid():
            self.process.stdin.close()

    def stop(self) -> None:
        """End the server and its kernels, and take its folder away."""
        if self.owner != os.getpid():
            return
        self.retire()
        self.process.terminate()  # also while it still imports: then nobody has asked it
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


_lock = threading.Lock()
_own: list[ForkServer] = []


def can_fork() -> bool:
    """Whether this system has what the fork server is made of."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


def address(environment: Mapping[str, str]) -> Path | None:
    """Return the address of a fork server for kernels of `environment`; it may still be starting.

    None where kernels cannot be forked.
    """
    if not can_fork():
        return None
    lent = os.environ.get(ADDRESS_VARIABLE)
    if (
        lent
        and Path(lent).is_socket()
        and _read_at_import(environment) == _read_at_import(os.environ)
    ):
        return Path(lent)
    with _lock:
        for server in [server for server in _own if server.process.poll() is not None]:
            server.stop()
            _own.remove(server)
        for server in _own:
            if server.suits(environment):
                return server.address
            server.retire()
        try:
            _own.append(ForkServer(_without_own(environment)))
        except OSError:
            return None
        return _own[-1].address


def stop() -> None:
    """End the fork server of this process, if it has one; the next kernel starts another."""
    with _lock:
        while _own:
            _own.pop().stop()


def _read_at_import(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_READ_AT_IMPORT)}


def _without_own(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in environment.items() if not name.startswith(("TPM_", "JPY_"))
    }


def _stamp() -> tuple[int, float]:
    """Number and newest change of our own modules: a server must not serve yesterday's code."""
    changed = [path.stat().st_mtime for path in _PACKAGE.rglob("*.py")]
    return len(changed), max(changed, default=0.0)


atexit.register(stop)
