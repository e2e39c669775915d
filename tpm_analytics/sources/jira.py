"""Read what Jira's REST interface gives, as people save it: issues, changelogs, sprints."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tpm_analytics.errors import SourceError
from tpm_analytics.program.delivery import Delivery
from tpm_analytics.sources import (
    jira_duplicates,
    jira_files,
    jira_links,
    jira_notes,
    jira_shapes,
    jira_sprints,
    jira_tables,
)
from tpm_analytics.sources.jira_fields import Fields, roles_of
from tpm_analytics.sources.jira_issues import Export
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
        unknown = [str(path) for path in jira_files.find(place) if not _known(export, path)]
        if not export.keys:
            raise SourceError(
                f"{place} is JSON, but holds no issue.",
                hint="save the answer of Jira's search, /rest/api/2/search?expand=changelog",
            )
        repeated = jira_duplicates.drop(export)
        return _delivery(export, place, (*repeated, *jira_notes.left_out(export, unknown)))


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
    return all([jira_shapes.take(export, batch) for batch in jira_files.batches(path)])


def _delivery(export: Export, place: str, notes: tuple[str, ...]) -> Delivery:
    stages = jira_tables.categories(export)
    names = jira_tables.renamed(export)
    items = jira_tables.items(export, stages)
    sprints = jira_sprints.sprints(export)
    scope = jira_sprints.scope(export, items["created_at"], sprints)
    blocks, undated = jira_sprints.blocks(export, items["created_at"])
    transitions = jira_tables.transitions(export, items["created_at"], names)
    tables = {
        "items": items,
        "transitions": transitions,
        "blocks": blocks,
        "sprints": sprints,
        "sprint_scope": scope,
        "links": jira_links.table(export.keys, export.links),
        "people": jira_tables.people(export),
        "worklogs": jira_tables.worklogs(export),
    }
    told = (
        *jira_notes.history(export),
        *jira_notes.sizes(export, items["points"]),
        *jira_notes.finishes(items, stages, jira_notes.moved(export)),
        *jira_notes.sprint_history(scope),
        *jira_notes.flags(undated),
        *jira_notes.renaming(names),
    )
    return Delivery(
        tables=tables,
        categories=stages,
        origins=dict.fromkeys(tables, place),
        notes=(*notes, *told),
    )
