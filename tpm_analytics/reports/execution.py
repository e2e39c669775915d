"""Execute a notebook with papermill, strictly, in a kernel that ends with all it started."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import papermill.execute  # by its name, and before ours: it imports our engine in the middle
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_core.utils import ensure_event_loop
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from tpm_analytics.errors import ReportError
from tpm_analytics.reports import failure, signals
from tpm_analytics.reports.kernels import jobs, kernels, showing
from tpm_analytics.reports.ledger.ledger_file import DISK_FULL
from tpm_analytics.workspace import ROOT_VARIABLE, RUN_FOLDER_VARIABLE

EXECUTED = "executed.ipynb"

# What papermill would log of a failure is said once, in our own words, by the error
logging.getLogger("papermill").addHandler(logging.NullHandler())


@dataclass(frozen=True, kw_only=True)
class Execution:
    """What is to be executed, where and how long.

    Attributes
    ----------
    source, notebook, parameters
        The notebook's file, its content, and the values for its parameters cell.
    root, staging
        Folder the kernel works in, and a folder of this run alone.
    environment
        What its kernel is told besides.
    timeout_seconds, on_cell
        Longest time of a cell; told the code cells done, and how many there are.
    """

    source: Path
    notebook: nbformat.NotebookNode
    parameters: Mapping[str, Any]
    root: Path
    staging: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    timeout_seconds: int
    on_cell: jobs.CellsDone | None = None

    @property
    def executed(self) -> Path:
        """The executed notebook; after a failure as far as it came."""
        return self.staging / EXECUTED


def execute(asked: Execution) -> nbformat.NotebookNode:
    """Execute a notebook to its end and return it.

    Raises
    ------
    ReportError
        If a cell fails, or the kernel dies, takes too long or is not here.
    """
    job = jobs.Job(
        folder=asked.root,
        environment={
            **os.environ,
            **asked.environment,
            ROOT_VARIABLE: str(asked.root),
            RUN_FOLDER_VARIABLE: str(asked.staging),
        },
        timeout_seconds=asked.timeout_seconds,
        on_cell=asked.on_cell,
        shown=showing.Shown(),
    )
    kernel = asked.notebook.metadata.get("kernelspec", {}).get("name") or "python3"
    starved = failure.killed_for_memory()
    # A thread of its own: nbclient would take Ctrl-C from the main one and call it a dead kernel
    with ThreadPoolExecutor(max_workers=1) as worker:
        running = worker.submit(_in_papermill, asked, kernel, job)
        try:
            notebook = _awaited(running)
        except PapermillExecutionError as problem:
            raise failure.told(
                problem, asked.source.name, starved=failure.killed_for_memory() > starved
            ) from problem
        except NoSuchKernel as problem:
            raise ReportError(
                f"{asked.source.name} asks for the kernel {kernel!r}, which is not here.",
                hint="open it in JupyterLab, choose the Python 3 kernel and save it",
            ) from problem
        except Exception as problem:
            if getattr(problem, "errno", None) in DISK_FULL:
                raise
            raise ReportError(
                f"{asked.source.name} could not be run: {failure.first_line(str(problem))}"
            ) from problem
        finally:
            job.kill()
    if asked.on_cell:
        cells = sum(cell.cell_type == "code" for cell in notebook.cells)
        asked.on_cell(cells, cells)
    return notebook


def _awaited(running: Future[nbformat.NotebookNode]) -> nbformat.NotebookNode:
    while not running.done():
        signals.pass_on()
        with contextlib.suppress(TimeoutError):
            running.exception(timeout=signals.HEARD_SECONDS)
    return running.result()


def _in_papermill(asked: Execution, kernel: str, job: jobs.Job) -> nbformat.NotebookNode:
    """Run papermill's steps, and close the event loop that Jupyter opens for a thread.

    They are those of `papermill.execute_notebook` but for its last one: only a notebook that
    failed is written here, for a good one goes on to be labelled and is written then.
    """
    loop = ensure_event_loop()
    source, target = str(asked.source), str(asked.executed)
    try:
        notebook = load_notebook_node(source)
        if asked.parameters:
            notebook = parameterize_notebook(
                notebook, dict(asked.parameters), kernel_name=kernel, language="python"
            )
        notebook = papermill.execute.prepare_notebook_metadata(
            notebook, source, target, report_mode=False
        )
        executed: nbformat.NotebookNode = papermill_engines.execute_notebook_with_engine(
            kernels.ENGINE,
            papermill.execute.remove_error_markers(notebook),
            kernel_name=kernel,
            progress_bar=False,
            job=job,
        )
        papermill.execute.raise_for_execution_errors(executed, target)
        return executed
    finally:
        loop.close()
