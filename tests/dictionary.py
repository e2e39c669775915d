"""Write docs/dictionary.md anew: ``python -m tests.dictionary``."""

import inspect
import pkgutil
from importlib import import_module

from tests.places import REPOSITORY
from tpm_analytics import results
from tpm_analytics.program import TABLES
from tpm_analytics.program.dictionary import chapter
from tpm_analytics.program.table import Result, Table

PLACE = REPOSITORY / "docs" / "dictionary.md"
HEAD = """# Dictionary of tables

Written by `make dictionary` from the declarations in `tpm_analytics/program/tables.py` and
`tpm_analytics/results/`: change them, not this page.

Unknown is empty, never 0. Moments (`..._at`) are in UTC; days (`..._on`) are those of the
program's time zone, and where a table has both, the day is derived from the moment. A column that
may be unknown may be absent from a source. The last column says what `Program.at(day)` does:
whether the time in this column decides if the row, or the value, was known on that day.
"""
SOURCES = "What a source may deliver. Every table but `items` may be absent."
RESULTS = "What the metrics of `tpm_analytics.metrics.{subject}` yield."


def subjects() -> dict[str, dict[str, type[Table]]]:
    """Every table that a module of results declares, by subject and name."""
    found = {}
    for module in pkgutil.walk_packages(results.__path__, f"{results.__name__}."):
        room = import_module(module.name)
        declared = {
            name: table
            for name, table in vars(room).items()
            if inspect.isclass(table)
            and issubclass(table, Result)
            and table.__module__ == room.__name__
        }
        subject = module.name.removeprefix(f"{results.__name__}.").partition(".")[0]
        if declared:
            found.setdefault(subject, {}).update(declared)
    return found


def text() -> str:
    """Return the whole page."""
    chapters = [chapter("Tables of a program", SOURCES, TABLES)]
    chapters += [
        chapter(f"Results: {subject.replace('_', ' ')}", RESULTS.format(subject=subject), tables)
        for subject, tables in subjects().items()
    ]
    return "\n".join([HEAD, *chapters])


if __name__ == "__main__":
    PLACE.write_text(text(), encoding="utf-8")
