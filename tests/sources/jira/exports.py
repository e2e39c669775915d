"""Small Jira exports for tests, of the shapes that Jira's REST interface gives."""

import json
from pathlib import Path

from tpm_analytics.program import Program
from tpm_analytics.sources import jira
from tpm_analytics.sources.reading import Options

CATEGORY = {
    "To Do": "new",
    "Backlog": "new",
    "In Progress": "indeterminate",
    "Review": "indeterminate",
    "Done": "done",
}
SITE = "https://example.atlassian.net"
CREATED = "2025-03-03T09:00:00.000+0000"


def status(name, key=None):
    """The status of an issue, with its category."""
    return {
        "name": name,
        "id": name,
        "statusCategory": {"key": key or CATEGORY.get(name, "undefined")},
    }


def issue(key, *, state="To Do", changes=None, **fields):
    """An issue; with `changes`, a list of `moment, items` pairs, it has a changelog."""
    made = {
        "id": key.rpartition("-")[2],
        "key": key,
        "self": f"{SITE}/rest/api/2/issue/{key}",
        "fields": {
            "summary": f"Title of {key}",
            "issuetype": {"name": "Story"},
            "project": {"key": key.partition("-")[0], "name": "Project"},
            "created": CREATED,
            "updated": CREATED,
            "status": status(state),
            "resolutiondate": None,
            **fields,
        },
    }
    if changes is not None:
        histories = [
            {"id": str(number), "created": at, "items": items}
            for number, (at, *items) in enumerate(changes)
        ]
        made["changelog"] = {"total": len(histories), "histories": histories}
    return made


def change(field, before, after, said=None, says=None, **more):
    """An entry of a changelog."""
    return {
        "field": field,
        "from": before,
        "to": after,
        "fromString": before if said is None else said,
        "toString": after if says is None else says,
        **more,
    }


def move(before, after):
    """An entry of a changelog that moves an issue from one status to another."""
    return change("status", f"id {before}", f"id {after}", before, after)


def saved(folder, content, name="export.json"):
    """Write a value as JSON, or a list of values one a line if the name ends in jsonl."""
    file = Path(folder) / name
    if name.endswith("jsonl"):
        file.write_text("".join(json.dumps(value) + "\n" for value in content), encoding="utf-8")
    else:
        file.write_text(json.dumps(content), encoding="utf-8")
    return str(file)


def delivered(place, **fields):
    """What the reader delivers for a place, with a map of fields."""
    return jira.read(str(place), Options(fields=fields))


def program(place, *, time_zone="UTC", **fields):
    """The program at a place, checked at the door."""
    return Program.from_tables(delivered(place, **fields), source="test", time_zone=time_zone)
