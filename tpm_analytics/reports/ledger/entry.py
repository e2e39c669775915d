"""A run as the ledger knows it: what was asked, what it ran on, what it recorded, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Outcome = Literal[
    "running",
    "complete",
    "reused",
    "failed",
    "unfinished",
    "check failed",
    "kernel died",
    "out of memory",
    "timeout",
    "terminated",
    "interrupted",
    "disk full",
    "lost",
]
# Those after which the page stands for what was asked
GOOD: frozenset[Outcome] = frozenset({"complete", "reused"})


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure that a notebook recorded.

    Attributes
    ----------
    name, value, unit
        As recorded.
    was, was_run
        The value that an earlier run reported for the same day, and that run, where late data
        has changed it: the figure is restated.
    """

    name: str
    value: float | int | str | bool | None
    unit: str | None = None
    was: float | int | str | bool | None = None
    was_run: int | None = None


@dataclass(frozen=True, kw_only=True)
class Record:
    """A table that a notebook recorded, for later runs of its report.

    Attributes
    ----------
    name, rows
        As recorded: a mapping of plain values a row.
    source
        Address of the program that the run was about.
    """

    name: str
    rows: tuple[Mapping[str, Any], ...]
    source: str | None = None


@dataclass(frozen=True, kw_only=True)
class ProgramFacts:
    """What a notebook said about the program it loaded.

    Attributes
    ----------
    source, as_of, time_zone
        Its address, the day it is seen from, and the zone whose days count.
    rows
        Number of rows of each table that has any.
    data_until
        Last day of which the data tells anything; None where the notebook did not say.
    """

    source: str
    as_of: str
    time_zone: str = "UTC"
    rows: Mapping[str, int] = field(default_factory=dict)
    data_until: str | None = None


@dataclass(frozen=True, kw_only=True)
class Fingerprint:
    """What a run was made of: where all of it is equal, the page would be equal.

    Attributes
    ----------
    data
        Of all files the program is read from; None where that cannot be known beforehand.
    notebook, parameters, package
        Of the notebook's cells, of all that was asked, and of the installed package.
    """

    data: str | None = None
    notebook: str = ""
    parameters: str = ""
    package: str = ""


@dataclass(frozen=True, kw_only=True)
class Start:
    """What is known of a run before it runs.

    Attributes
    ----------
    report, parameters, package
        Name of the report, what was asked for, and the version of this package.
    asked_at, started_at
        When it was asked for, and when it starts: it may have waited.
    how
        Who asked: ``command``, ``schedule``, or whatever calls the engine.
    """

    report: str
    asked_at: datetime
    started_at: datetime
    parameters: Mapping[str, Any] = field(default_factory=dict)
    package: str = ""
    how: str = "command"


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a run ended, and what it left.

    Attributes
    ----------
    reused
        The run whose page stands, where nothing had changed since.
    question
        What was asked, whatever the day: runs of one question can be compared.
    """

    outcome: Outcome
    error: str | None = None
    program: ProgramFacts | None = None
    figures: tuple[Figure, ...] = ()
    records: tuple[Record, ...] = ()
    fingerprint: Fingerprint | None = None
    question: str | None = None
    seed: int | None = None
    duration_seconds: float | None = None
    reused: int | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A run, as the ledger knows it. Instants are in UTC; its tables are told by `records`."""

    id: int
    report: str
    asked_at: datetime
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome
    error: str | None
    program: ProgramFacts | None
    parameters: Mapping[str, Any]
    package: str
    how: str = "command"
    owner: str | None = None
    fingerprint: Fingerprint | None = None
    question: str | None = None
    seed: int | None = None
    duration_seconds: float | None = None
    reused: int | None = None
    figures: tuple[Figure, ...] = ()
    records: tuple[Record, ...] = ()
