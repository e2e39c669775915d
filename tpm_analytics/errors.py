"""What can go wrong, said so that the reader knows where it is and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SHOWN_FAILURES = 5


class TpmError(Exception):
    """Base of every error this package raises on purpose.

    Parameters
    ----------
    message
        What is wrong, and where: one or more plain sentences.
    hint
        What to do next; printed on a line of its own.

    Examples
    --------
    >>> print(TpmError("plan.csv is empty.", hint="export it again"))
    plan.csv is empty.
    Hint: export it again
    """

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        self.message = message
        self.hint = hint
        super().__init__(message)

    def __str__(self) -> str:
        return f"{self.message}\nHint: {self.hint}" if self.hint else self.message

    def __reduce__(self) -> tuple[Callable[..., TpmError], tuple[Any, ...], dict[str, Any]]:
        # by default an error is rebuilt by its constructor, and ours take other arguments: one
        # that crosses from a worker process would break the pool instead of being told
        return type(self).__new__, (type(self), *self.args), self.__dict__


class SourceError(TpmError):
    """A source cannot be read: it is missing, cut short, or not what its address says."""


class WorkspaceError(TpmError):
    """The workspace or its `tpm.toml` is missing or says something impossible."""


class ParameterError(TpmError, ValueError):
    """An option or a notebook parameter has a value that cannot be meant."""


class ReportError(TpmError):
    """A report could not be run, rendered or published; the last good page stands."""


class MissingColumnsError(TpmError, KeyError):
    """A table lacks columns that a function reads."""

    def __init__(self, table: str, missing: Mapping[str, str], found: Iterable[str]) -> None:
        self.table, self.missing, self.found = table, dict(missing), list(found)
        count = len(self.missing)
        wanted = "\n".join(f"  - {name}: {meaning}" for name, meaning in self.missing.items())
        super().__init__(
            f"{table} lacks {count} column{'' if count == 1 else 's'} read here:\n{wanted}\n"
            f"Found: {', '.join(self.found) or 'no columns'}.",
            hint="rename your columns, or map them in [programs.NAME.fields] of tpm.toml",
        )


class InvalidTableError(TpmError, ValueError):
    """A source delivered a table that breaks its declaration.

    Parameters
    ----------
    table
        Name of the table.
    origin
        File or address that delivered it.
    failures
        A row each: ``column`` (NA for a problem of the whole row), ``row`` (position from 0, NA
        for the whole column), ``value``, ``problem``.
    hint
        What to do next; without it, to mend the rows at the source.
    """

    def __init__(
        self, table: str, origin: str, failures: pd.DataFrame, *, hint: str | None = None
    ) -> None:
        self.table, self.origin = table, origin
        self.failures = failures.drop_duplicates(["column", "row", "problem"], ignore_index=True)
        first = self.failures.head(SHOWN_FAILURES).to_dict("records")
        shown = "\n".join(_failure_line(row) for row in first)
        more = len(self.failures) - SHOWN_FAILURES
        count = len(self.failures)
        super().__init__(
            f"{origin}: table {table} breaks its declaration in {count} "
            f"place{'' if count == 1 else 's'}:\n{shown}"
            + (f"\n  ... and {more} more" if more > 0 else ""),
            hint=hint or "mend the rows at the source; nothing was loaded",
        )


def _failure_line(failure: Mapping[Any, Any]) -> str:
    import pandas as pd  # a command that ends at once, or whose kernels read, need not wait

    row, column = failure["row"], failure["column"]
    places = ["" if pd.isna(row) else f"row {int(row) + 1}", "" if pd.isna(column) else column]
    place = ", ".join(filter(None, places))
    value = failure["value"]
    unknown = value is None or (pd.api.types.is_scalar(value) and pd.isna(value))
    given = "" if unknown else f" (found {_shown(value)})"
    return f"  - {place}: {failure['problem']}{given}"


def _shown(value: object) -> str:
    """Quote text, and print numbers and times as they are written, not as their type is made."""
    return repr(value) if isinstance(value, str) else str(value)


def meant(word: object, known: Iterable[str]) -> str:
    """Return a question to go on after a word that is none of those known; empty without a guess.

    Examples
    --------
    >>> meant("velocty", ["risk", "velocity"]), meant("x", ["risk"])
    (' Did you mean velocity?', '')
    """
    close = get_close_matches(str(word), list(known), n=1)
    return f" Did you mean {close[0]}?" if close else ""


def check_choice(name: str, value: object, known: Iterable[str]) -> None:
    """Raise `ParameterError` for a value of the option `name` that is none of those known.

    Examples
    --------
    >>> check_choice("by", "taem", ["program", "team"])
    Traceback (most recent call last):
    ...
    tpm_analytics.errors.ParameterError: by='taem' is unknown. Did you mean team?
    Hint: use one of: program, team
    """
    known = list(known)
    if value not in known:
        raise ParameterError(
            f"{name}={value!r} is unknown.{meant(value, known)}",
            hint=f"use one of: {', '.join(known)}",
        )


def check_share(name: str, value: float) -> None:
    """Raise `ParameterError` for a share that is not above 0 and at most 1.

    Examples
    --------
    >>> check_share("share", 85)
    Traceback (most recent call last):
    ...
    tpm_analytics.errors.ParameterError: share=85 lies outside 0 to 1.
    Hint: Did you mean 0.85, not 85?
    """
    if not 0 < value <= 1:
        percent = f"Did you mean {value / 100:g}, not {value:g}?" if 1 < value <= 100 else None
        raise ParameterError(
            f"{name}={value:g} lies outside 0 to 1.", hint=percent or "0.85 is 85 of 100"
        )
