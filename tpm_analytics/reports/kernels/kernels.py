"""Kernels for runs: each starts in the workspace's root and ends with all that it started.

Papermill imports this module, for its engine, in the middle of itself: import papermill first.
"""

from __future__ import annotations

import contextlib
import math
import os
import queue
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, MutableMapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

import nbformat
import zmq
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_path
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, NotebookExecutionManager, papermill_engines

from tpm_analytics import drawing, head_start
from tpm_analytics.reports import notebooks
from tpm_analytics.reports.kernels import album, showing, warm
from tpm_analytics.reports.kernels.jobs import DIED, TIMED_OUT, TOO_MUCH, Job

ENGINE = "tpm"
KERNEL_START_SECONDS = 60
# What a cell has shown comes by another way than that it has ended, on a busy machine much later
LATE_OUTPUT_SECONDS = 60
_LATE_OUTPUT = "waiting for IOPub output"  # nbclient raises one error for this and for a long cell
# How often it is seen whether a kernel that starts still lives
ALIVE_SECONDS = 0.1
# A kernel that has answered shows at once what it does, but the line for that may not be laid yet
SHOWN_SECONDS = 0.02
# A kernel is there sooner than ZeroMQ tries again by itself, which is after 0.1 to 0.2 seconds
_AGAIN_MILLISECONDS = 5
# The name of a socket in the file system can be no longer; its last part is ours
_SOCKET_LIMIT = 100

# The converter takes half a second to start: by a chart of its own, while the first cell runs. Not
# before: on a machine of few cores the first kernels, for which all wait, would come later
_FIRST_CHART = {"mark": "point", "data": {"values": [{"x": 1}]}, "encoding": {"x": {"field": "x"}}}


class WarmEngine(NBClientEngine):  # type: ignore[misc]
    """Papermill's engine on warm kernels; a run that cannot end leaves its reason in the notebook.

    Offered as ``papermill --engine tpm``; there, without a `Job`, the kernel works in the current
    directory and papermill's own options hold.
    """

    @classmethod
    def execute_managed_notebook(  # noqa: D102 (papermill's own signature and meaning)
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        job: Job | None = None,
        start_timeout: int = KERNEL_START_SECONDS,
        execution_timeout: int | None = None,
        **options: Any,
    ) -> None:
        if job is None:
            job = Job(Path.cwd(), os.environ, execution_timeout)
        code = [i for i, cell in enumerate(nb_man.nb.cells) if cell.cell_type == "code"]

        def starts(cell: nbformat.NotebookNode, cell_index: int) -> None:
            job.cell = cell_index
            if job.on_cell and cell.cell_type == "code":
                job.on_cell(code.index(cell_index), len(code))

        with _Artist(_album(job)) as artist:
            client = _Client(
                nb_man,
                job=job,
                artist=artist,
                kernel_name=kernel_name,
                timeout=job.timeout_seconds,
                startup_timeout=start_timeout,
                iopub_timeout=LATE_OUTPUT_SECONDS,
                on_cell_start=starts,
                on_cell_executed=lambda cell, **_: artist.draw(cell),
                **{name: options[name] for name in _SHOWING if name in options},
            )
            try:
                client.execute()
            except DeadKernelError:
                _fail(nb_man, job.cell, *_why_dead(job))
            except CellTimeoutError as error:
                _fail(nb_man, job.cell, TIMED_OUT, _why_late(job, error))
            finally:
                job.kill()


_SHOWING = ("log_output", "stdout_file", "stderr_file")


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    def __init__(
        self, nb_man: NotebookExecutionManager, *, job: Job, artist: _Artist, **options: Any
    ) -> None:
        super().__init__(nb_man, kernel_manager_class=_Manager, **options)
        self.job = job
        self.artist = artist

    def start_new_kernel(self, **options: Any) -> None:
        super().start_new_kernel(
            cwd=str(self.job.folder),
            env={**self.job.environment, drawing.LATER_VARIABLE: drawing.LATER},
            transport_encryption="auto",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **options,
        )
        self.job.group = getattr(self.km.provisioner, "pgid", None)
        if self.job.ended:
            self.job.kill()
        self.artist.begin()

    def process_message(self, msg: Any, cell: nbformat.NotebookNode, cell_index: int) -> Any:
        shown = self.job.shown
        kept = msg if shown is None else shown.fitted(msg, cell_index)
        if shown is not None and shown.too_much:
            self.job.kill()
        return None if kept is None else super().process_message(kept, cell, cell_index)

    def output(
        self,
        outs: list[nbformat.NotebookNode],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> nbformat.NotebookNode | None:
        """Keep what is plainly well formed as it came: nbclient would search it for faults."""
        caught = self.output_hook_stack.get(msg["parent_header"].get("msg_id"))
        shown = notebooks.shown(msg["msg_type"], msg["content"])
        if shown is None or caught or display_id or self.clear_before_next_output:
            kept: nbformat.NotebookNode | None = super().output(outs, msg, display_id, cell_index)
            return kept
        outs.append(shown)
        return shown


class _Manager(AsyncKernelManager):
    """Starts kernels warm, and talks to them through files that only their user can open."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kernel_spec_manager = KernelSpecManager(kernel_dirs=_kernel_folders())
        self.client_factory = _KernelClient
        self.own_folder = Path(tempfile.mkdtemp(prefix="tpm-kernel-"))
        place = self.own_folder / "k"
        if os.name == "posix" and len(str(place)) < _SOCKET_LIMIT:
            self.transport, self.ip = "ipc", str(place)
        self.connection_file = str(self.own_folder / "kernel.json")

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        if self.provisioner is None:
            self.provisioner = warm.WarmProvisioner(
                kernel_id=self.kernel_id or "", kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**options)

    async def _async_wait(self, pollinterval: float = 0.1) -> None:  # noqa: ARG002
        if self.provisioner is not None and self.provisioner.has_process:
            await self.provisioner.wait()

    async def _async_cleanup_resources(self, restart: bool = False) -> None:  # noqa: FBT001, FBT002
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self.own_folder, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources


def _kernel_folders() -> list[str]:
    """Folders where Jupyter looks for kernels, told without the long import of IPython."""
    own = Path(os.environ.get("IPYTHONDIR") or "~/.ipython").expanduser()
    return [*jupyter_path("kernels"), str(own / "kernels")]


class _Channel(AsyncZMQSocketChannel):
    """Waits once for a message that may take any time: not first until there is one."""

    async def get_msg(  # type: ignore[override]
        self, timeout: float | None = None
    ) -> dict[str, Any]:
        return await (self._recv() if timeout is None else super().get_msg(timeout))


class _KernelClient(AsyncKernelClient):
    """Knows that a kernel is ready when it hears from it, without a while of silence after."""

    iopub_channel_class = _Channel

    def start_channels(self, **channels: bool) -> None:  # type: ignore[override]
        """Leave out the heartbeat: that a kernel has ended is told by its keeper."""
        self.context.setsockopt(zmq.RECONNECT_IVL, _AGAIN_MILLISECONDS)
        super().start_channels(**{**channels, "hb": False})

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            asked = self.kernel_info()
            reply = await self._answered(asked, deadline)
            # Heard on both: what a cell shows comes by one, that it has run by the other
            with contextlib.suppress(queue.Empty):
                await _heard(self.get_iopub_msg, asked, SHOWN_SECONDS)
                self._handle_kernel_info_reply(reply)
                return

    wait_for_ready = _async_wait_for_ready

    async def _answered(self, asked: str, deadline: float) -> dict[str, Any]:
        """Wait until the kernel, which may still be starting, has answered."""
        while time.monotonic() < deadline:
            with contextlib.suppress(queue.Empty):
                return await _heard(self.get_shell_msg, asked, ALIVE_SECONDS)
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
        raise RuntimeError("Kernel didn't respond in time")


async def _heard(get: Callable[..., Any], asked: str, timeout: float) -> dict[str, Any]:
    while True:
        said: dict[str, Any] = await get(timeout=timeout)
        if said["parent_header"].get("msg_id") == asked:
            return said


def _album(job: Job) -> album.Album:
    """Return the album of all whose kernels are forked from one server."""
    server = head_start.address(job.environment)
    return album.Album(server.parent / album.FOLDER if server else None)


class _Artist:
    """Draws the charts of cells that have run while the kernel goes on to the next."""

    def __init__(self, pictures: album.Album) -> None:
        self.pictures = pictures
        self.hand = ThreadPoolExecutor(max_workers=1, thread_name_prefix="pictures")
        self.drawn: list[tuple[MutableMapping[str, Any], Future[dict[str, str]]]] = []

    def __enter__(self) -> Self:
        return self

    def begin(self) -> None:
        """Start the converter, if this process has not drawn yet."""
        self.hand.submit(drawing.twin, _FIRST_CHART)

    def draw(self, cell: nbformat.NotebookNode) -> None:
        """Draw the charts that `cell` shows."""
        for output in cell.outputs:
            data = output.get("data", {})
            chart = next((mime for mime in data if drawing.is_chart(mime)), None)
            if chart is not None and not any(mime.startswith("image/") for mime in data):
                self.drawn.append((data, self.hand.submit(self.pictures.twin, data[chart])))

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        """Put each picture beside its chart."""
        with self.hand:
            if error is None:
                for data, picture in self.drawn:
                    data.update(picture.result())
        if error is None:
            self.pictures.sweep()


def _why_dead(job: Job) -> tuple[str, str]:
    if job.shown is not None and job.shown.too_much:
        most = showing.SHOWN_LIMIT // 1_000_000
        return TOO_MUCH, f"it showed more than the {most} MB that a report may show"
    return DIED, "its kernel died, as it does when memory runs out"


def _why_late(job: Job, error: CellTimeoutError) -> str:
    if _LATE_OUTPUT in str(error):
        return f"it ended, but in {LATE_OUTPUT_SECONDS} seconds more not all that it shows had come"
    return f"it took longer than the {job.timeout_seconds} seconds that a cell may take"


def _fail(nb_man: NotebookExecutionManager, index: int, name: str, said: str) -> None:
    cell = nb_man.nb.cells[index]
    shown = [output for output in cell.outputs if output.output_type != "error"]
    cell.outputs = [*shown, notebooks.failure(name, said)]
    nb_man.cell_exception(cell, cell_index=index)


papermill_engines.register(ENGINE, WarmEngine)
