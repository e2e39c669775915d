"""Write a large Jira export of the shape that Jira Cloud gives, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson

HOST = "https://example.atlassian.net"
BEGIN = datetime(2021, 1, 4, 8)
STATUSES = {
    "Backlog": ("10000", "new"),
    "Selected for Development": ("10001", "new"),
    "In Progress": ("3", "indeterminate"),
    "Review": ("10011", "indeterminate"),
    "Test": ("10012", "indeterminate"),
    "Done": ("10002", "done"),
}
PATH = ["Backlog", "Selected for Development", "In Progress", "Review", "Test", "Done"]
DETOURS = (("Review", "In Progress"), ("Test", "In Progress"), ("Done", "In Progress"))
PEOPLE = 200
AUTHOR = ("self", "accountId", "displayName", "active", "timeZone", "accountType")
SPRINTS = 78
NAMES = {
    "customfield_10016": "Story point estimate",
    "customfield_10020": "Sprint",
    "customfield_10021": "Flagged",
    "customfield_10014": "Epic Link",
    "customfield_10019": "Rank",
}
WORDS = ("order", "event", "ticket", "refund", "report", "card", "draft", "seat", "venue", "price")


def write(folder: Path, count: int, seed: int = 20250307) -> dict[str, Path]:
    """Write `count` issues once as a search result and once as JSON Lines; return the two files."""
    lines, document = folder / "export.jsonl", folder / "export.json"
    with lines.open("wb") as by_line, document.open("wb") as whole:
        head = {"startAt": 0, "maxResults": count, "total": count, "names": NAMES}
        whole.write(orjson.dumps(head)[:-1] + b',"issues":[')
        for number, issue in enumerate(issues(count, seed)):
            text = orjson.dumps(issue)
            by_line.write(text + b"\n")
            whole.write((b"," if number else b"") + text)
        whole.write(b"]}")
    return {"JSON": document, "JSON Lines": lines}


def issues(count: int, seed: int) -> Iterator[dict[str, Any]]:
    """Yield `count` issues with their changelogs, about six moves each."""
    chance = random.Random(seed)
    people = [_person(number) for number in range(PEOPLE)]
    authors = [{key: person[key] for key in AUTHOR} for person in people]
    sprints = [_sprint(number) for number in range(SPRINTS)]
    for number in range(1, count + 1):
        yield _issue(number, chance, people, authors, sprints)


def _issue(
    number: int,
    chance: random.Random,
    people: list[Any],
    authors: list[Any],
    sprints: list[Any],
) -> dict[str, Any]:
    created = BEGIN + timedelta(minutes=chance.randrange(3 * 365 * 24 * 60))
    points = chance.choice([None, 1.0, 2.0, 3.0, 5.0, 8.0])
    sprint = chance.choice([None, *sprints[:-1]]) if chance.random() < 0.7 else None
    steps = PATH[: chance.choice([1, 3, 5, 6, 6, 6, 6, 6, 6, 6])]
    while chance.random() < 0.55 and len(steps) > 3:
        back = chance.choice([pair for pair in DETOURS if pair[0] in steps])
        where = steps.index(back[0]) + 1
        steps = [*steps[:where], back[1], *PATH[3:]]
    histories = _histories(created, steps, chance, authors, sprint, points)
    last = histories[0]["created"] if histories else _stamp(created)
    done = steps[-1] == "Done"
    assignee = chance.choice(people)
    words = " ".join(chance.choices(WORDS, k=6))
    return {
        "expand": "operations,versionedRepresentations,editmeta,changelog,renderedFields",
        "id": str(100000 + number),
        "self": f"{HOST}/rest/api/2/issue/{100000 + number}",
        "key": f"APP-{number}",
        "changelog": {
            "startAt": 0,
            "maxResults": len(histories),
            "total": len(histories),
            "histories": histories,
        },
        "fields": {
            "statuscategorychangedate": last,
            "issuetype": _named("issuetype", chance.choice(["Story", "Bug", "Task"]), "10001"),
            "timespent": None,
            "project": {
                "self": f"{HOST}/rest/api/2/project/10000",
                "id": "10000",
                "key": "APP",
                "name": "Application",
                "projectTypeKey": "software",
                "avatarUrls": _avatars("project", 10000),
            },
            "fixVersions": [],
            "resolution": _named("resolution", "Done", "10000") if done else None,
            "resolutiondate": last if done else None,
            "workratio": -1,
            "created": _stamp(created),
            "priority": _named("priority", chance.choice(["High", "Medium", "Low"]), "3"),
            "labels": chance.sample(["api", "web", "mobile"], chance.randrange(3)),
            "timeestimate": None,
            "versions": [],
            "issuelinks": [],
            "assignee": assignee,
            "updated": last,
            "status": {
                **_named("status", steps[-1], STATUSES[steps[-1]][0]),
                "statusCategory": {
                    "self": f"{HOST}/rest/api/2/statuscategory/4",
                    "id": 4,
                    "key": STATUSES[steps[-1]][1],
                    "colorName": "yellow",
                    "name": steps[-1],
                },
            },
            "components": [],
            "timeoriginalestimate": chance.choice([None, 3600, 14400]),
            "description": f"As a guest I want to {words}, so that it is done. " * 2,
            "summary": words,
            "creator": authors[number % PEOPLE],
            "reporter": authors[number % PEOPLE],
            "subtasks": [],
            "aggregateprogress": {"progress": 0, "total": 0},
            "progress": {"progress": 0, "total": 0},
            "votes": {"self": f"{HOST}/rest/api/2/issue/APP-{number}/votes", "votes": 0},
            "environment": None,
            "duedate": None,
            **{f"customfield_{10022 + place}": None for place in range(30)},
            "customfield_10000": "{}",
            "customfield_10014": None,
            "customfield_10016": points,
            "customfield_10019": f"0|i{number:05x}:",
            "customfield_10020": None if sprint is None else [sprint],
            "customfield_10021": None,
        },
    }


def _histories(
    created: datetime,
    steps: list[str],
    chance: random.Random,
    authors: list[Any],
    sprint: Any,
    points: float | None,
) -> list[dict[str, Any]]:
    """Entries of the changelog, the newest first, as Jira Cloud gives them."""
    changes = []
    if points is not None:
        changes.append([_item("Story point estimate", None, None, None, f"{points:g}", 10016)])
    if sprint is not None:
        changes.append([_item("Sprint", "", str(sprint["id"]), "", sprint["name"], 10020)])
    changes.append([_item("Rank", "", "", "", "Ranked higher", 10019)])
    for before, after in pairwise(steps):
        moved = _item("status", STATUSES[before][0], STATUSES[after][0], before, after)
        ended = _item("resolution", None, "10000", None, "Done")
        changes.append([ended, moved] if after == "Done" else [moved])
    moment, entries = created, []
    for number, items in enumerate(changes):
        moment += timedelta(minutes=chance.randrange(30, 5000))
        author = chance.choice(authors)
        entries.append(
            {"id": str(10000 + number), "author": author, "created": _stamp(moment), "items": items}
        )
    return entries[::-1]


def _item(
    name: str, before: Any, after: Any, said: Any, says: Any, custom: int | None = None
) -> dict[str, Any]:
    return {
        "field": name,
        "fieldtype": "custom" if custom else "jira",
        "fieldId": f"customfield_{custom}" if custom else name,
        "from": before,
        "fromString": said,
        "to": after,
        "toString": says,
    }


def _named(what: str, name: str, key: str) -> dict[str, Any]:
    return {
        "self": f"{HOST}/rest/api/2/{what}/{key}",
        "id": key,
        "iconUrl": f"{HOST}/images/icons/{what}s/{key}.svg",
        "name": name,
    }


def _person(number: int) -> dict[str, Any]:
    account = f"5f{number:022x}"
    return {
        "self": f"{HOST}/rest/api/2/user?accountId={account}",
        "accountId": account,
        "avatarUrls": _avatars("user", number),
        "displayName": f"Person {number}",
        "active": True,
        "timeZone": ("Europe/Madrid", "America/New_York", "Asia/Kolkata")[number % 3],
        "accountType": "atlassian",
    }


def _avatars(what: str, number: int) -> dict[str, str]:
    base = f"{HOST}/rest/api/2/universal_avatar/view/type/{what}/avatar/{number}"
    return {f"{size}x{size}": f"{base}?size={size}" for size in (48, 24)}


def _sprint(number: int) -> dict[str, Any]:
    start = BEGIN + timedelta(days=14 * number)
    end = start + timedelta(days=14)
    return {
        "id": number + 1,
        "name": f"Sprint {number + 1}",
        "state": "closed",
        "boardId": 1,
        "goal": "",
        "startDate": f"{start.isoformat()}.000Z",
        "endDate": f"{end.isoformat()}.000Z",
        "completeDate": f"{end.isoformat()}.000Z",
    }


def _stamp(moment: datetime) -> str:
    return f"{moment.isoformat()}.{moment.minute * 16:03d}+0000"
