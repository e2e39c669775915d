"""Warm kernels: forked from a server that has imported what notebooks import.

Where that cannot be (no fork, another Python, variables that are read at import), a kernel is
started as Jupyter starts it, and nothing else differs.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from tpm_analytics import head_start

# Where kernels of a server keep the programs that they have read: known by name only, see kept.py
PROGRAMS_VARIABLE, PROGRAMS = "TPM_PROGRAMS", "programs"
FORK_SECONDS = 60
_LAUNCHER = ("-m", "ipykernel_launcher")


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
        server = head_start.address(environment) if arguments is not None else None
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
