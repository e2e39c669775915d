"""How JupyterLab, and the explore notebook as an app, are started on a workspace."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from tpm_analytics import workspace
from tpm_analytics.errors import ParameterError, WorkspaceError

PAGE_HANDLER = "tpm_analytics.lab.PageHandler"
NOTEBOOK = "explore.ipynb"
# Templates of ours, found by Voila as those of Jupyter are
_TEMPLATES = Path(__file__).parent / "explore" / "served"


def lab(home: workspace.Workspace, index: Path, options: Sequence[str]) -> int:
    """Serve JupyterLab until it is stopped, at `index` if that is there; give how it ended."""
    command = [sys.executable, "-P", "-m", "jupyterlab", f"--ServerApp.root_dir={home.root}"]
    command += [f"--FileContentsManager.files_handler_class={PAGE_HANDLER}"]
    if index.is_file():
        command += [f"--LabApp.default_url=/lab/tree/{index.relative_to(home.root).as_posix()}"]
    return _served(home, [*command, *options])


def app(home: workspace.Workspace, options: Sequence[str]) -> int:
    """Serve the explore notebook as a page of its own until it is stopped; give how it ended.

    Raises
    ------
    ParameterError
        If Voila is not installed.
    WorkspaceError
        If the workspace has no explore notebook.
    """
    notebook = home.root / "notebooks" / NOTEBOOK
    if not notebook.is_file():
        raise WorkspaceError(
            f"{notebook} is not there, and it is what would be shown.",
            hint="copy it from a workspace that tpm init makes",
        )
    if find_spec("voila") is None:
        raise ParameterError(
            "Voila, which shows a notebook as an app, is not installed.",
            hint="pip install 'tpm-analytics[explore]', or open the notebook with: tpm lab",
        )
    command = [sys.executable, "-P", "-m", "voila", str(notebook), "--template=tpm"]
    return _served(home, [*command, *options])


def _served(home: workspace.Workspace, command: Sequence[str]) -> int:
    places = [str(_TEMPLATES), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    environment = {
        **os.environ,
        workspace.ROOT_VARIABLE: str(home.root),
        "JUPYTER_PATH": os.pathsep.join(places),
    }
    # Notebook Jobs keep what they made below the folder that the server was started in
    return subprocess.run(command, env=environment, cwd=home.root, check=False).returncode
