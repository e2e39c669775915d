"""Workers of a Dask cluster."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import re
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError, Future
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tpm_analytics.errors import ReportError
from tpm_analytics.reports import fan_out
from tpm_analytics.reports.fan_out import Errand, T
from tpm_analytics.reports.kernels import jobs
from tpm_analytics.reports.ledger import ledger_file

CONNECT_SECONDS = 20
# How long a run waits for workers that have all gone: they may be restarting
WORKERLESS_SECONDS = 60
_ASK_SECONDS = 2
TOPIC = "tpm-progress"
_LOGGER = "distributed.client"
_ADDRESS = re.compile(r"((tcp|tls|ws|wss|ucx)://)?[^/\s]+:\d+/?")

_batches: set[str] = set()  # of a worker: for whom it runs


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
        self._asked_at = self._worked_at = 0.0  # when workers were asked for and seen last

    def __enter__(self) -> Self:
        """Reach the scheduler, and leave a mark by which its workers know the workspace.

        Raises
        ------
        ReportError
            If the package, the scheduler or a worker is not there, or one runs several at once.
        """
        distributed = _distributed()
        _check_address(self.address)
        # What it would log of a scheduler that is lost is said once, in our own words
        logging.getLogger(_LOGGER).setLevel(logging.CRITICAL)
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
        self._worked_at = time.monotonic()
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
                if self._connected:
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
        """Yield what the workers told since.

        Raises
        ------
        ReportError
            If none has been there for a minute.
        """
        self._refuse_to_wait_for_nobody()
        with contextlib.suppress(queue.Empty):
            while True:
                yield self.told.get_nowait()

    def died(self, error: BaseException) -> bool:
        """Whether the scheduler gave a run up because workers died under it.

        Raises
        ------
        ReportError
            If the scheduler itself is gone.
        """
        if isinstance(error, CancelledError):
            raise ReportError(
                f"The Dask scheduler at {self.address} has gone; the runs it had were given up.",
                hint="start it and its workers again and repeat: what is up to date is not redone",
            ) from error
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
        if wide := [name for name, threads in self.client.nthreads().items() if threads != 1]:
            self.client.close()
            raise ReportError(
                f"Worker {wide[0]} would run several reports in one process.",
                hint="start workers with: dask worker --nthreads 1",
            )

    def _refuse_to_wait_for_nobody(self) -> None:
        now = time.monotonic()
        if now < self._asked_at + _ASK_SECONDS:
            return
        self._asked_at = now
        if self._workers():
            self._worked_at = now
        elif now > self._worked_at + WORKERLESS_SECONDS:
            raise ReportError(
                f"All workers of the Dask scheduler at {self.address} have gone, and none came "
                f"back within {WORKERLESS_SECONDS} seconds.",
                hint=f"start workers with: dask worker {self.address} --nthreads 1, and repeat: "
                "what is up to date is not redone",
            )

    @property
    def _connected(self) -> bool:
        return bool(self.client.status == "running")

    def _workers(self) -> Mapping[str, int]:
        """Threads of each worker; none where nobody can tell."""
        if not self._connected:
            return {}
        with contextlib.suppress(OSError, TimeoutError):
            found: dict[str, int] = self.client.nthreads()
            return found
        return {}

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
