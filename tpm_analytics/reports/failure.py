"""What happened in a kernel, in one plain sentence."""

from __future__ import annotations

import re

from papermill.exceptions import PapermillExecutionError

from tpm_analytics import errors
from tpm_analytics.errors import ReportError, TpmError
from tpm_analytics.reports import kernels, publish

HINT_MARK = "\nHint: "
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def told(failure: PapermillExecutionError, notebook: str) -> ReportError:
    """Return the error of a notebook's cell; errors of this package speak for themselves."""
    said = _COLOURS.sub("", failure.evalue).strip()
    place = notebook
    if failure.exec_count is not None:
        place = f"{notebook} at In [{failure.exec_count}]"
    if failure.ename in {kernels.DIED, kernels.TIMED_OUT}:
        return ReportError(f"{place}: {said}.", hint="run the notebook in JupyterLab to see why")
    if _is_ours(failure.ename):
        message, _, hint = said.partition(HINT_MARK)
        return ReportError(f"{place}: {message}", hint=hint or None)
    return ReportError(
        f"{place}: {failure.ename}: {first_line(said)}",
        hint=f"the traceback is in {publish.FAILED}, in the report's folder",
    )


def first_line(text: str) -> str:
    r"""Return the first line of an error's text, without the colours of a terminal.

    Examples
    --------
    >>> first_line("\x1b[31mno such column\x1b[0m\n  at line 3")
    'no such column'
    """
    lines = _COLOURS.sub("", text).strip().splitlines()
    return lines[0] if lines else "no reason was given"


def as_report_error(error: TpmError) -> ReportError:
    """Return `error` as one of a report, with its message and its hint."""
    if isinstance(error, ReportError):
        return error
    return ReportError(error.message, hint=error.hint)


def _is_ours(name: str) -> bool:
    known = getattr(errors, name, None)
    return isinstance(known, type) and issubclass(known, TpmError)
