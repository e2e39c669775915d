"""Who reads a report: what its kernel is told of them, and what they may be told of a failure."""

from __future__ import annotations

import os
import re
import secrets as chance
from pathlib import Path

from tpm_analytics import secrets
from tpm_analytics.errors import TpmError
from tpm_analytics.reports.failure import RunError
from tpm_analytics.reports.sharing import Sharing
from tpm_analytics.workspace import (
    AUDIENCE_VARIABLE,
    EXTERNAL,
    HIDE_VARIABLE,
    SALT_VARIABLE,
    Workspace,
)

SALT_SECRET = "PSEUDONYM_SALT"
SALT_FILE = Path(".tpm") / "pseudonym-salt"
WITHHELD = "what it says is kept from readers outside"


def environment(sharing: Sharing, workspace: Workspace) -> dict[str, str]:
    """Return what a kernel is told of the readers, so that `load` hides what they shall not see."""
    external = sharing.audience == EXTERNAL
    return {
        AUDIENCE_VARIABLE: sharing.audience,
        SALT_VARIABLE: salt(workspace) if external else "",
        HIDE_VARIABLE: ",".join(sharing.hide),
    }


def salt(workspace: Workspace) -> str:
    """Return the salt of the workspace's pseudonyms: the secret of that name, else its own file.

    The file is made once. It lies outside the output folder and is not for version control:
    whoever has it can find out whom a pseudonym stands for by trying names.
    """
    if known := known_salt(workspace):
        return known
    path = workspace.root / SALT_FILE
    _make_salt(path)
    return path.read_text(encoding="ascii").strip()


def known_salt(workspace: Workspace) -> str:
    """Return the salt if there is one; else nothing is made and nothing is hidden by it yet."""
    if given := secrets.values([SALT_SECRET]).get(SALT_SECRET):
        return given
    try:
        return (workspace.root / SALT_FILE).read_text(encoding="ascii").strip()
    except OSError:
        return ""


def told(error: RunError, problem: BaseException, sharing: Sharing, notebook: str) -> RunError:
    """Return an error as it may stand on a page of these readers.

    What a notebook or a library raised may quote the data it read: readers outside are told where
    it happened, and no more.

    Parameters
    ----------
    error, problem
        The error of the run, and what it was made of.
    sharing, notebook
        Who reads, and the name of the notebook's file.
    """
    foreign = problem.__cause__ is not None or not isinstance(problem, TpmError)
    quotes = foreign and error.outcome in {"failed", "disk full"}
    if sharing.audience != EXTERNAL or not quotes:
        return error
    place = re.match(rf"{re.escape(notebook)} at In \[\d+\]", error.message)
    return RunError(
        f"{place.group(0) if place else notebook} failed; {WITHHELD}.",
        outcome=error.outcome,
        hint="run the notebook in JupyterLab to see why",
    )


def _make_salt(path: Path) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    (path.parent / ".gitignore").write_text("*\n", encoding="ascii")
    temporary = path.with_name(f".{path.name}-{chance.token_hex(4)}")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(f"{chance.token_hex(32)}\n")
        # two first runs at once must agree on one salt: only the first link can be made
        path.hardlink_to(temporary)
    except FileExistsError:
        return
    finally:
        temporary.unlink(missing_ok=True)
