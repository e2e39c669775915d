"""Read what Jira's REST interface gives, as people save it: issues, changelogs, sprints."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tpm_analytics.errors import SourceError
from tpm_analytics.program.delivery import Delivery
from tpm_analytics.sources.jira import duplicates, files, links, notes, shapes, sprints, tables
from tpm_analytics.sources.jira.fields import Fields, roles_of
from tpm_analytics.sources.jira.issues import Export
from tpm_analytics.sources.reading import Options


def read(place: str, options: Options) -> Delivery:
    """Read the Jira export at `place`: a file, or every file of a folder.

    Parameters
    ----------
    place
        A search result, issues in an array, one issue, or JSON Lines of any of them, each also
        gzipped; or a folder of such files. Lists of statuses, fields and sprints that lie beside
        the issues are used.
    options
        ``fields`` names the field that holds ``points``, ``sprint``, ``flagged``, ``epic`` or
        ``team`` (also ``project``, ``component``) where the export does not tell by itself; any
        other key becomes a column of items.

    Returns
    -------
    Delivery
        Tables items, transitions, blocks, sprints, sprint_scope, links, people and worklogs.

    Raises
    ------
    SourceError
        Naming file, place and remedy, if something there cannot be read as an export.
    """
    export = Export(fields=Fields(mapping=roles_of(options.fields)))
    with _no_collection():
        unknown = [str(path) for path in files.find(place) if not _known(export, path)]
        if not export.keys:
            raise SourceError(
                f"{place} is JSON, but holds no issue.",
                hint="save the answer of Jira's search, /rest/api/2/search?expand=changelog",
            )
        repeated = duplicates.drop(export)
        return _delivery(export, place, (*repeated, *notes.left_out(export, unknown)))


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the garbage collector off: JSON has no cycles, and scanning it doubles the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _known(export: Export, path: Path) -> bool:
    return all([shapes.take(export, batch) for batch in files.batches(path)])


def _delivery(export: Export, place: str, left_out: tuple[str, ...]) -> Delivery:
    stages = tables.categories(export)
    names = tables.renamed(export)
    items = tables.items(export, stages)
    sprint_table, backwards = sprints.with_ends_in_order(sprints.sprints(export))
    scope = sprints.scope(export, items["created_at"], sprint_table)
    blocks, undated = sprints.blocks(export, items["created_at"])
    delivered = {
        "items": items,
        "transitions": tables.transitions(export, items["created_at"], names),
        "blocks": blocks,
        "sprints": sprint_table,
        "sprint_scope": scope,
        "links": links.table(export.keys, export.links),
        "people": tables.people(export),
        "worklogs": tables.worklogs(export),
    }
    told = (
        *notes.history(export),
        *notes.sizes(export, items["points"]),
        *notes.finishes(items, stages, notes.moved(export)),
        *notes.sprint_ends(backwards),
        *notes.sprint_history(scope),
        *notes.flags(undated),
        *notes.renaming(names),
    )
    return Delivery(
        tables=delivered,
        categories=stages,
        origins=dict.fromkeys(delivered, place),
        notes=(*left_out, *told),
    )
