"""Jupyter servers of tests, on loopback: each in a process group that ends with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress

from tests.places import REPOSITORY

TOKEN = "known"
WAITED_SECONDS = 60


@contextmanager
def serving(command, root, log):
    """Address of what ``tpm command`` serves on the workspace `root`, with a token in front."""
    own = {f"JUPYTER_{kind}_DIR": str(log.parent / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--", "--no-browser", f"--port={port}", *command[1:]]
    with log.open("wb") as told:
        server = subprocess.Popen(
            [sys.executable, "-m", "tpm_analytics", command[0], "-w", str(root), *options],
            cwd=log.parent,
            env={**os.environ, **own, "PYTHONPATH": str(REPOSITORY)},
            stdout=told,
            stderr=told,
            start_new_session=True,
        )
    try:
        _wait(server, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        _end(server)


def _wait(server, port, log):
    for _ in range(WAITED_SECONDS * 10):
        assert server.poll() is None, log.read_text(errors="replace")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text(errors="replace"))


def _end(server):
    """End the server, then whatever of its group is left, such as kernels."""
    os.killpg(server.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        server.wait(timeout=20)
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait(timeout=WAITED_SECONDS)
