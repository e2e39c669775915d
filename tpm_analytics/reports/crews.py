"""Who does runs side by side: processes of this machine, or workers of a Dask cluster."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import os
import queue
import re
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing.queues import Queue as ProcessQueue
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tpm_analytics import head_start
from tpm_analytics.errors import ReportError
from tpm_analytics.reports import fan_out, signals
from tpm_analytics.reports.fan_out import Asked, Errand, T, Task
from tpm_analytics.reports.kernels import jobs
from tpm_analytics.reports.ledger import ledger_file, receipt
from tpm_analytics.reports.run import Run
from tpm_analytics.reports.steps import OnCell
from tpm_analytics.workspace import Workspace

CONNECT_SECONDS = 20
TOPIC = "tpm-progress"
_ADDRESS = re.compile(r"((tcp|tls|ws|wss|ucx)://)?[^/\s]+:\d+/?")

# What ends a run on a worker, and how Python takes it by itself
_SIGNALS: dict[int, Any] = {
    signal.SIGINT: signal.default_int_handler,
    signal.SIGTERM: signal.SIG_DFL,
}
_AGAIN_SECONDS = 0.2

_line: Any = None  # of a worker: where it tells how far its run is
_stopped: Any = None  # of a worker: an event after which it begins no run
_busy = False  # of a worker: whether it does a run
_batches: set[str] = set()  # of a cluster's worker: for whom it runs


def run_all(
    space: Workspace,
    names: Sequence[str],
    asked: Asked,
    *,
    workers: int | str,
    on_cell: OnCell | None = None,
) -> list[Run]:
    """Do the runs `names` on processes of this machine, or on the cluster of an address.

    Raises
    ------
    ReportError
        If the cluster cannot be used.
    WorkspaceError
        If a worker of the cluster does not see the workspace.
    """
    batch = fan_out.new_batch() if isinstance(workers, str) else ""
    config = fan_out.fingerprint_of(space.root)
    tasks = [
        Task(root=space.root, config=config, report=name, asked=asked, batch=batch)
        for name in _longest_first(space, names, asked)
    ]
    crew: fan_out.Crew = (
        Cluster(workers, output=space.output, batch=batch)
        if isinstance(workers, str)
        else Processes(min(workers, len(tasks)))
    )
    runs = fan_out.run_many(tasks, crew, on_cell=on_cell)
    done = {task.report: run for task, run in zip(tasks, runs, strict=True)}
    return [done[name] for name in names]


def _longest_first(space: Workspace, names: Sequence[str], asked: Asked) -> list[str]:
    """Begin with what takes longest, so that at the end no worker is left alone with it.

    That is told by the last good run; a report without one comes first, by its notebook's size.
    """

    def expected(name: str) -> tuple[float, int]:
        definition = asked.of(name, space)
        good = receipt.of(space.output / definition.name)
        seconds = good.entry.duration_seconds if good else None
        there = definition.notebook.is_file()
        size = definition.notebook.stat().st_size if there else 0
        return (math.inf if seconds is None else seconds, size)

    return sorted(names, key=expected, reverse=True)


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


class Cluster:
    """Workers of a Dask cluster that see the workspace under the same path as this process.

    Parameters
    ----------
    address
        Of the scheduler, such as ``tcp://10.0.0.7:8786``.
    output
        Folder of the reports, which the workers share.
    batch
        Of the tasks.
    """

    def __init__(self, address: str, *, output: Path, batch: str) -> None:
        self.address = address
        self.batch = batch
        self.probe = fan_out.probe(output, batch)
        self.told: queue.SimpleQueue[tuple[str, int, int]] = queue.SimpleQueue()
        self.client: Any = None

    def __enter__(self) -> Self:
        """Reach the scheduler, and leave a mark by which its workers know the workspace.

        Raises
        ------
        ReportError
            If the package, the scheduler or a worker is not there, or one runs several at once.
        """
        distributed = _distributed()
        _check_address(self.address)
        try:
            self.client = distributed.Client(
                self.address, timeout=CONNECT_SECONDS, set_as_default=False
            )
        except OSError as error:
            raise ReportError(
                f"No Dask scheduler answers at {self.address}: {error}.",
                hint="start one with: dask scheduler",
            ) from error
        self._refuse_unfit_workers()
        self.probe.parent.mkdir(parents=True, exist_ok=True)
        self.probe.touch()
        self.client.subscribe_topic(f"{TOPIC}-{self.batch}", self._hear)
        self.pool = self.client.get_executor(pure=True)
        os.environ[ledger_file.SHARED_VARIABLE] = "1"  # last: nobody leaves what was not entered
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the cluster; after an error, take back what waits and end what runs."""
        os.environ.pop(ledger_file.SHARED_VARIABLE, None)
        try:
            if error is not None:
                self.pool.shutdown(wait=False)
                with contextlib.suppress(OSError, TimeoutError):
                    self.client.run(_end_batch, self.batch, on_error="ignore")
        finally:
            self.client.close()
            self.probe.unlink(missing_ok=True)

    def submit(self, errand: Errand[T]) -> Future[T]:
        """Have a worker of the cluster do `errand`."""
        asked: Future[T] = self.pool.submit(_on_cluster, errand, self.batch)
        return asked

    def heard(self) -> Iterator[tuple[str, int, int]]:
        """Yield what the workers told since."""
        with contextlib.suppress(queue.Empty):
            while True:
                yield self.told.get_nowait()

    def died(self, error: BaseException) -> bool:
        """Whether the scheduler gave a run up because workers died under it."""
        return isinstance(error, _distributed().KilledWorker)

    def _refuse_unfit_workers(self) -> None:
        try:
            self.client.wait_for_workers(1, timeout=CONNECT_SECONDS)
        except TimeoutError as error:
            self.client.close()
            raise ReportError(
                f"The Dask scheduler at {self.address} has no worker that could run anything.",
                hint=f"start workers with: dask worker {self.address} --nthreads 1",
            ) from error
        workers = self.client.scheduler_info(n_workers=-1)["workers"]
        if wide := [name for name, worker in workers.items() if worker["nthreads"] != 1]:
            self.client.close()
            raise ReportError(
                f"Worker {wide[0]} would run several reports in one process.",
                hint="start workers with: dask worker --nthreads 1",
            )

    def _hear(self, event: tuple[Any, tuple[str, int, int]]) -> None:
        _, (report, done, of) = event
        self.told.put((report, done, of))


def _on_cluster(errand: Errand[T], batch: str) -> T:
    worker = _distributed().get_worker()
    os.environ[ledger_file.SHARED_VARIABLE] = "1"
    _batches.add(batch)
    try:
        return errand.do(lambda *step: worker.log_event(f"{TOPIC}-{batch}", step))
    finally:
        _batches.discard(batch)


def _end_batch(batch: str) -> None:
    """End the kernel that runs here, if it runs for this call."""
    if batch in _batches:
        jobs.end_all()


def _check_address(address: str) -> None:
    """Refuse what Dask would fail over in its own words, and wait for long when it is given up."""
    if not _ADDRESS.fullmatch(address):
        raise ReportError(
            f"{address!r} is no address of a Dask scheduler.",
            hint="write it as tcp://HOST:PORT, such as tcp://127.0.0.1:8786",
        )
    how = _distributed().Security().get_connection_args("client")
    if address.startswith("tls:") and how.get("ssl_context") is None:
        raise ReportError(
            f"{address} asks for TLS, of which Dask's configuration here says nothing.",
            hint="set distributed.comm.tls of Dask, or write tcp:// where it goes without",
        )


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise ReportError(
            "Runs on a cluster need the package distributed, which is not installed.",
            hint="install it with: pip install 'tpm-analytics[dask]'",
        ) from None
    return distributed
