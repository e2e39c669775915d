"""Read the CSV that Jira's own export button writes: repeated headers, in the user's language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from tpm_analytics.errors import SourceError
from tpm_analytics.program.delivery import Delivery
from tpm_analytics.sources.jira_csv import cells
from tpm_analytics.sources.jira_csv.cells import Export
from tpm_analytics.sources.jira_csv.words import stage_of
from tpm_analytics.sources.link_types import BLOCKING_NAMES
from tpm_analytics.sources.local_dates import FORMAT_KEY, instants, local_times
from tpm_analytics.sources.reading import Options

SECONDS_PER_HOUR = 3600
MOMENTS = ("created_at", "started_at", "finished_at", "category_changed_at", "updated_at")
_WORK = r"(?s)^(?:.*;)?(?P<worked_at>[^;]*);(?P<person_id>[^;]*);(?P<seconds>\d+)$"
_KEY = r"[^\W\d_][\w]*-\d+"


def read(place: str, options: Options) -> Delivery:
    """Read the export at `place`: a file, or a folder of the pages that a large one comes in.

    Parameters
    ----------
    place
        Path of a CSV file, plain or gzipped, or of a folder of such files.
    options
        ``fields`` names the header of a column of ours, as in ``points = "Custom field (Size)"``,
        where the headers are in a language or a field not known here; ``date_format`` says how
        dates are written where their rows cannot tell, as in ``"%d/%m/%y %H:%M"``.

    Returns
    -------
    Delivery
        Tables items, sprints, sprint_scope, links, people and worklogs. The format has no
        changelog, so no transitions, and sprints have a name only.

    Raises
    ------
    SourceError
        Naming file, row and remedy, if something there is not what Jira exports.
    """
    export = cells.gather(_files(Path(place)), options.fields)
    cells.require_unique_keys(export)
    work = _work(export)
    times = _times(export, work, options)
    stages = _stages(export)
    items, notes = _items(export, times, stages, options.time_zone)
    scope = _scope(export)
    worklogs = _worklogs(export, work, times)
    tables = {
        "items": items,
        "sprints": _sprints(scope),
        "sprint_scope": scope,
        "links": _links(export),
        "people": _people(items, worklogs),
        "worklogs": worklogs,
    }
    notes += _notes(export, items, scope, worklogs)
    return Delivery(
        tables=tables,
        categories=stages,
        origins=dict.fromkeys(tables, export.origin),
        notes=tuple(notes),
    )


def _files(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise SourceError(
            f"{place} does not exist.", hint="name the CSV file, or a folder of such files"
        )
    found = sorted(
        path for path in place.iterdir() if path.name.lower().endswith((".csv", ".csv.gz"))
    )
    if not found:
        raise SourceError(f"{place} holds no CSV file.", hint="export the search as CSV there")
    return found


def _times(export: Export, work: pd.DataFrame, options: Options) -> dict[str, pd.DataFrame]:
    """Read all dates together: one setting of the exporter wrote them."""
    texts = {meaning: cells.first(export, meaning) for meaning in MOMENTS}
    texts["log_work"] = work["worked_at"]
    named = {cells.header_of(export, meaning): meaning for meaning in texts}
    places = pd.concat([export.places, work["row"].map(export.places)])
    found = local_times(
        {header: texts[meaning] for header, meaning in named.items()},
        places,
        date_format=options.fields.get(FORMAT_KEY),
    )
    return {meaning: found[header] for header, meaning in named.items()}


def _work(export: Export) -> pd.DataFrame:
    """Split work entries; the comment in front may hold semicolons and new lines itself."""
    work = cells.every(export, "log_work")
    parts = work["value"].str.extract(_WORK)
    if (bad := parts["seconds"].isna()).any():
        entry = work.loc[bad.idxmax()]
        raise SourceError(
            f"{export.places[entry['row']]}, column {cells.header_of(export, 'log_work')!r}: "
            f"{entry['value']!r} is no work entry.",
            hint="Jira writes comment;date;person;seconds",
        )
    return parts.assign(row=work["row"])


def _stages(export: Export) -> dict[str, str]:
    """Stage by status: by its category in most of its rows, else by Jira's default names."""
    status, category = cells.first(export, "status"), cells.first(export, "status_category")
    told = pd.DataFrame(
        {"status": status, "stage": category.map(stage_of, na_action="ignore").astype("str")}
    )
    told = told[told["stage"].fillna("") != ""].dropna()
    counted = told.value_counts(sort=True).reset_index()
    stages = dict(counted[["status", "stage"]][::-1].itertuples(index=False))
    guessed = {name: stage_of(name) for name in status.dropna().unique() if name not in stages}
    return stages | {name: stage for name, stage in guessed.items() if stage}


def _items(
    export: Export,
    times: Mapping[str, pd.DataFrame],
    stages: Mapping[str, str],
    time_zone: str,
) -> tuple[pd.DataFrame, list[str]]:
    moments = {meaning: instants(times[meaning], time_zone) for meaning in MOMENTS}
    keys = cells.first(export, "item_id")
    stage = cells.first(export, "status").map(stages)
    done = stage == "done"
    finished = moments["finished_at"].fillna(moments["category_changed_at"].where(done))
    points, notes = cells.points(export)
    seconds = cells.numbers(export, "estimate_seconds")
    project = cells.first(export, "project").fillna(keys.str.rpartition("-")[0])
    items = pd.DataFrame(
        {
            "item_id": keys,
            **{name: cells.first(export, name) for name in ("title", "kind", "status", "priority")},
            "team": cells.first(export, "team") if export.has("team") else project,
            "created_at": moments["created_at"],
            "started_at": moments["started_at"],
            "finished_at": finished.where(stage.isna() | done),
            "points": points,
            "estimate_hours": cells.numbers(export, "estimate_hours").fillna(
                seconds / SECONDS_PER_HOUR
            ),
            "parent_id": _parents(export, keys),
            "assignee_id": cells.first(export, "assignee_id").fillna(
                cells.first(export, "assignee_name")
            ),
            "release": cells.first(export, "release"),
            "url": cells.first(export, "url"),
            "project": project,
            "updated_at": moments["updated_at"],
        }
    )
    inferred = (moments["finished_at"].isna() & finished.notna()).sum()
    reopened = (finished.notna() & ~(stage.isna() | done)).sum()
    notes += _counted(
        ("done without a resolution date, finished when their status became done", inferred),
        ("with a resolution date but a status that is not done, counted as open", reopened),
    )
    return items.reset_index(drop=True), notes


def _parents(export: Export, keys: pd.Series) -> pd.Series:
    """Key of the parent, else of the epic; exports name a parent by key, or by number only."""
    by_number = cells.first(export, "internal_id").dropna()
    key_of = dict(zip(by_number, keys[by_number.index], strict=True))
    parent = pd.Series(pd.NA, index=keys.index, dtype="str")
    for meaning in ("parent_id", "parent_internal_id", "epic_id"):
        told = cells.first(export, meaning)
        parent = parent.fillna(told.where(told.str.fullmatch(_KEY), told.map(key_of).astype("str")))
    return parent


def _scope(export: Export) -> pd.DataFrame:
    entries = cells.every(export, "sprint")
    keys = cells.first(export, "item_id")
    scope = pd.DataFrame(
        {
            "sprint_id": entries["value"].str.strip(),
            "item_id": entries["row"].map(keys).astype("str"),
            "added_at": pd.Series(pd.NaT, index=entries.index, dtype="datetime64[us]"),
        }
    )
    return scope.drop_duplicates(ignore_index=True)


def _sprints(scope: pd.DataFrame) -> pd.DataFrame:
    names = scope["sprint_id"].drop_duplicates(ignore_index=True)
    return pd.DataFrame({"sprint_id": names, "name": names})


def _links(export: Export) -> pd.DataFrame:
    """Links both ways, each once: Jira writes every link at both its items."""
    keys = cells.first(export, "item_id")
    ends = []
    for meaning in export.meanings("inward:", "outward:"):
        direction, _, name = meaning.partition(":")
        entries = cells.every(export, meaning)
        here, there = entries["row"].map(keys).astype("str"), entries["value"].str.strip()
        source, target = (there, here) if direction == "inward" else (here, there)
        kind = "blocks" if name in BLOCKING_NAMES else name
        ends.append(pd.DataFrame({"from_id": source, "to_id": target, "kind": kind}))
    none = pd.DataFrame({"from_id": [], "to_id": [], "kind": []}, dtype="str")
    return pd.concat([none, *ends], ignore_index=True).drop_duplicates(ignore_index=True)


def _worklogs(
    export: Export, work: pd.DataFrame, times: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "person_id": work["person_id"].str.strip(),
            "item_id": work["row"].map(cells.first(export, "item_id")).astype("str"),
            "worked_on": times["log_work"]["local"].dt.normalize(),
            "hours": work["seconds"].astype("float64") / SECONDS_PER_HOUR,
        }
    ).reset_index(drop=True)


def _people(items: pd.DataFrame, worklogs: pd.DataFrame) -> pd.DataFrame:
    named = pd.concat([items["assignee_id"], worklogs["person_id"]]).dropna()
    return pd.DataFrame({"person_id": named[named != ""].unique()}, dtype="str")


def _notes(
    export: Export, items: pd.DataFrame, scope: pd.DataFrame, worklogs: pd.DataFrame
) -> list[str]:
    notes = []
    if not export.has("started_at"):
        notes.append("A Jira CSV export has no changelog: start dates are unknown.")
    if len(scope):
        notes.append(
            "A Jira CSV export has sprints by name only: when they began and ended, and when an "
            "item entered one, is unknown."
        )
    releases = cells.every(export, "release").groupby("row").size()
    unknown = ~worklogs["person_id"].isin(items["assignee_id"])
    category = cells.first(export, "status_category").dropna()
    strange = sorted({name for name in category.unique() if not stage_of(name)})
    if strange:
        notes.append(f"Status categories that are not known here: {', '.join(strange)}.")
    return notes + _counted(
        ("flagged, since when is unknown", cells.first(export, "flagged").notna().sum()),
        ("planned for several releases, of which the first counts", (releases > 1).sum()),
        ("with work logged by people who hold no item", worklogs["item_id"][unknown].nunique()),
    )


def _counted(*findings: tuple[str, int]) -> list[str]:
    return [f"Items {what}: {count:,}." for what, count in findings if count]
