"""What the health of the data is told in."""

from __future__ import annotations

from tpm_analytics.program.table import Category, Count, Day, Result, Series, column


class Findings(Result):
    """One row per kind of finding, errors first."""

    check: Series[str] = column("Finding", unique=True)
    severity: Series[Category] = column("How bad: error, warning or note")
    table: Series[Category] = column("Table")
    count: Series[Count] = column("How many", "rows", ge=1)
    share: Series[float] = column("Share of those looked at", "share", ge=0, le=1, nullable=True)
    examples: Series[str] = column("For example")
    meaning: Series[str] = column("What it means for the figures")
    remedy: Series[str] = column("What to do")


class Tables(Result):
    """One row per table of the language, the empty ones too."""

    table: Series[Category] = column("Table", unique=True)
    rows: Series[Count] = column("Rows", "rows", ge=0)
    first_on: Series[Day] = column("First day it tells of", nullable=True)
    last_on: Series[Day] = column("Last day it tells of", nullable=True)


class WorkflowStages(Result):
    """One row per status, in the order work passes them."""

    status: Series[str] = column("Status in the tracker", unique=True)
    stage: Series[Category] = column("Stage of work")
    told: Series[Category] = column("How the stage is known: given, inferred or unknown")
    items: Series[Count] = column("Items in it now", "items", ge=0)
    entries: Series[Count] = column("Times it was entered", "moves", ge=0)
