"""Warm kernels: forked from a server that has imported what notebooks import.

Where that cannot be (no fork, another Python, variables that are read at import), a kernel is
started as Jupyter starts it, and nothing else differs.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

import tpm_analytics
from tpm_analytics.reports.kernels import fork_server

ADDRESS_VARIABLE = "TPM_FORK_SERVER"
# Where kernels of a server keep the programs that they have read: known by name only, see kept.py
PROGRAMS_VARIABLE, PROGRAMS = "TPM_PROGRAMS", "programs"
FORK_SECONDS = 60
STOP_SECONDS = 2
# Imported before the first fork; a name with ! has its body run again by the notebooks' import
PRELOADED = (
    "ipykernel_launcher",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "encodings.utf_8_sig",
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
_LAUNCHER = ("-m", "ipykernel_launcher")
_LISTEN = 64


@dataclass(frozen=True)
class Kernel:
    """A forked kernel: its process, and the line on which its keeper tells of its end."""

    process: int
    line: socket.socket

    def ended(self) -> int | None:
        """Return how the kernel ended; None while it runs."""
        ready, _, _ = select.select([self.line], [], [], 0)
        return self._said() if ready else None

    async def end(self) -> int:
        """Wait until the kernel has ended."""
        loop = asyncio.get_running_loop()
        said = asyncio.Event()
        loop.add_reader(self.line, said.set)
        try:
            await said.wait()
        finally:
            loop.remove_reader(self.line)
        return self._said()

    def _said(self) -> int:
        try:
            line = self.line.recv(2**12, socket.MSG_PEEK)
            return int(json.loads(line)["ended"])
        except (OSError, ValueError, KeyError):
            return -signal.SIGKILL  # the keeper itself is gone, and with it the kernel


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
                    *(sys.executable, fork_server.__file__),
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
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
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


def fork(
    server: Path, *, arguments: list[str], folder: str, environment: Mapping[str, str]
) -> Kernel:
    """Fork a kernel that takes `arguments`; raises `OSError` where the server cannot."""
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(FORK_SECONDS)
    try:
        line.connect(str(server))
        own = {**environment, PROGRAMS_VARIABLE: str(server.parent / PROGRAMS)}
        asked = {"arguments": arguments, "folder": folder, "environment": own}
        line.sendall(json.dumps(asked).encode() + b"\n")
        said = _first_line(line)
        return Kernel(process=int(json.loads(said)["pid"]), line=line)
    except BaseException:
        line.close()
        raise


def _first_line(line: socket.socket) -> bytes:
    """Read one line and no more; it is cut short where the other side is gone."""
    said = bytearray()
    while not said.endswith(b"\n") and (piece := line.recv(1)):
        said += piece
    return bytes(said)


class WarmProvisioner(LocalProvisioner):
    """Jupyter's way to start a kernel, but a Python kernel of this environment is forked."""

    kernel: Kernel | None = None
    status: int | None = None

    @property
    def has_process(self) -> bool:  # noqa: D102
        return self.kernel is not None or super().has_process

    async def poll(self) -> int | None:  # noqa: D102
        if self.kernel is None:
            return await super().poll()
        return self.kernel.ended()

    async def wait(self) -> int | None:  # noqa: D102
        if self.kernel is None:
            return await super().wait()
        status = await self.kernel.end()
        self._hang_up()
        return status

    async def send_signal(self, signum: int) -> None:  # noqa: D102
        if self.kernel is None:
            await super().send_signal(signum)
        elif self.kernel.ended() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.kernel.process, signum)

    async def kill(self, restart: bool = False) -> None:  # noqa: D102, FBT001, FBT002
        if self.kernel is None:
            await super().kill(restart)
        else:
            await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:  # noqa: D102, FBT001, FBT002
        if self.kernel is None:
            await super().terminate(restart)
        else:
            await self.send_signal(signal.SIGTERM)

    async def cleanup(self, restart: bool = False) -> None:  # noqa: D102, FBT001, FBT002
        self._hang_up()
        await super().cleanup(restart)

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:  # noqa: D102
        environment = options.get("env") or dict(os.environ)
        arguments = _arguments(cmd)
        server = address(environment) if arguments is not None else None
        if server is None or arguments is None:
            return await super().launch_kernel(cmd, **options)
        folder = str(options.get("cwd") or Path.cwd())
        try:
            kernel = await asyncio.to_thread(
                fork, server, arguments=arguments, folder=folder, environment=environment
            )
        except (OSError, ValueError):
            return await super().launch_kernel(cmd, **options)
        self.kernel = kernel
        self.pid = self.pgid = kernel.process
        self.cwd = folder
        return self.connection_info

    def _hang_up(self) -> None:
        if self.kernel is not None:
            self.kernel.line.close()
            self.kernel = None


def _arguments(command: list[str]) -> list[str] | None:
    """Return what ipykernel is told by `command`; None if it is no ipykernel of this Python."""
    python, *rest = command
    ours = python == sys.executable and tuple(rest[:2]) == _LAUNCHER
    return rest[2:] if ours else None


def _read_at_import(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_READ_AT_IMPORT)}


def _without_own(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        name: value for name, value in environment.items() if not name.startswith(("TPM_", "JPY_"))
    }


def _stamp() -> tuple[int, float]:
    """Number and newest change of our own modules: a server must not serve yesterday's code."""
    package = Path(tpm_analytics.__file__).parent
    changed = [path.stat().st_mtime for path in package.rglob("*.py")]
    return len(changed), max(changed, default=0.0)


atexit.register(stop)
