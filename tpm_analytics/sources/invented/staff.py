"""The people of the invented program: who they are, when away, what they are planned for."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from tpm_analytics.sources.invented import chance, clock, story
from tpm_analytics.sources.invented.chance import Generator


class Person(NamedTuple):
    """A person of the program, as the staff list names them."""

    person_id: str
    team: str
    role: str
    skills: str
    cost_per_hour: float
    hours_per_week: float = 40.0
    joined_on: str = "2023-09-01"
    left_on: str | None = None
    country: str = ""


LEAD, ENGINEER, TESTER = "Tech lead", "Software engineer", "Test engineer"
BUILDERS = frozenset({ENGINEER, "Data engineer", "Site reliability engineer", "Security engineer"})

STAFF = (
    Person("lucia.ortega", "Checkout", LEAD, "architecture;kotlin;payments", 88),
    Person("javier.molina", "Checkout", ENGINEER, "kotlin;payments;sql", 68),
    Person("ines.castillo", "Checkout", ENGINEER, "accessibility;typescript", 62),
    Person("pablo.herrero", "Checkout", ENGINEER, "kotlin;typescript", 62),
    Person("marta.vidal", "Checkout", ENGINEER, "kotlin;payments", 66, 32),
    Person("diego.santos", "Checkout", ENGINEER, "kotlin;sql", 58, 40, "2024-03-04"),
    Person("elena.prado", "Checkout", TESTER, "automation;payments", 54, 40, left_on="2025-02-28"),
    Person("carlos.navarro", "Ledger", LEAD, "accounting;architecture;kotlin", 90),
    Person("sofia.romero", "Ledger", ENGINEER, "accounting;kotlin;sql", 70),
    Person("andres.gil", "Ledger", ENGINEER, "kotlin;sql", 64),
    Person("clara.fuentes", "Ledger", ENGINEER, "accounting;kotlin", 66),
    Person("hugo.marin", "Ledger", ENGINEER, "kotlin;messaging", 60),
    Person("nuria.campos", "Ledger", ENGINEER, "kotlin;sql", 60, 40, "2024-02-12"),
    Person("raul.iglesias", "Ledger", TESTER, "accounting;automation", 54),
    Person("rachel.kim", "Mobile", LEAD, "android;architecture;ios", 118),
    Person("tom.becker", "Mobile", ENGINEER, "ios;swift", 96, 40, left_on="2024-09-30"),
    Person("alicia.brown", "Mobile", ENGINEER, "android;kotlin", 94),
    Person("marcus.lee", "Mobile", ENGINEER, "ios;security;swift", 98, 40, left_on="2024-11-15"),
    Person("priya.shah", "Mobile", ENGINEER, "android;accessibility", 90),
    Person("owen.carter", "Mobile", ENGINEER, "android;ios", 88),
    Person("jenna.walsh", "Mobile", ENGINEER, "ios;swift", 92, 40, "2025-04-14"),
    Person("derek.olsen", "Mobile", TESTER, "automation;devices", 78),
    Person("monica.alvarez", "Data", LEAD, "architecture;python;sql", 116),
    Person("sam.porter", "Data", "Data engineer", "python;spark;sql", 96),
    Person("grace.liu", "Data", "Data engineer", "fraud models;python", 102),
    Person("ethan.ross", "Data", "Data engineer", "python;sql", 88),
    Person("nadia.haddad", "Data", "Data engineer", "dashboards;sql", 86),
    Person("luis.mercado", "Data", TESTER, "automation;sql", 76),
    Person("arjun.rao", "Platform", LEAD, "architecture;kubernetes;networks", 52),
    Person("deepa.iyer", "Platform", ENGINEER, "go;kubernetes", 42),
    Person("vikram.singh", "Platform", ENGINEER, "go;pipelines", 40),
    Person("rohan.mehta", "Platform", ENGINEER, "networks;terraform", 40),
    Person("isha.gupta", "Platform", ENGINEER, "observability;python", 36, 40, "2024-05-06"),
    Person("sanjay.pillai", "Platform", "Site reliability engineer", "incidents;kubernetes", 46),
    Person(story.SPECIALIST, "Platform", "Security engineer", "cryptography;pci dss;security", 58),
    Person("meera.joshi", "Platform", TESTER, "automation;load tests", 34),
    Person("hannah.stein", story.OFFICE, "Technical program manager", "planning;risk", 92),
    Person("miguel.torres", story.OFFICE, "Product manager", "payments;research", 84),
    Person("laura.bennett", story.OFFICE, "Product manager", "mobile;research", 112, country="US"),
    Person("anika.das", story.OFFICE, "Designer", "accessibility;research", 38, country="IN"),
)

_OFFICE_ZONES = {"": "Europe/Madrid", "US": "America/New_York", "IN": "Asia/Kolkata"}

# Holidays people take: first and last day on which they may begin, and working days away.
_VACATIONS = {
    "ES": (
        ("2024-03-25", "2024-03-25", 3),
        ("2024-07-29", "2024-08-19", 12),
        ("2024-12-23", "2024-12-27", 5),
        ("2025-04-14", "2025-04-14", 3),
        ("2025-06-09", "2025-06-23", 4),
    ),
    "US": (
        ("2024-03-11", "2024-04-08", 4),
        ("2024-07-01", "2024-08-12", 8),
        ("2024-11-25", "2024-11-27", 2),
        ("2024-12-23", "2024-12-30", 5),
        ("2025-03-17", "2025-04-14", 4),
    ),
    "IN": (
        ("2024-05-06", "2024-05-27", 6),
        ("2024-10-28", "2024-11-04", 5),
        ("2024-12-23", "2024-12-26", 4),
        ("2025-05-05", "2025-05-26", 6),
    ),
}
_TAKEN = 0.85
_SICK_SPELLS = 4
_SICK_FROM_DAY, _SICK_TO_DAY = 8, 370
_SICK_WORKING_DAYS = {1: 0.45, 2: 0.3, 3: 0.15, 5: 0.1}
_LONGEST_NOTICE = "2025-12-31"


def people() -> pd.DataFrame:
    """Return the staff list: a row a person, leavers too."""
    table = pd.DataFrame(STAFF)
    zones = {team.name: team.time_zone for team in story.TEAMS}
    countries = {team.name: team.country for team in story.TEAMS}
    office = table["team"] == story.OFFICE
    return table.assign(
        time_zone=table["team"].map(zones).where(~office, table["country"].map(_OFFICE_ZONES)),
        country=table["team"].map(countries).where(~office, table["country"].replace("", "ES")),
        left_on=table["left_on"].astype("str"),
    )


def each(table: pd.DataFrame) -> list[Any]:
    """Rows of a table, one at a time, their columns as attributes."""
    return list(table.itertuples())


def absences(generator: Generator, staff: pd.DataFrame) -> pd.DataFrame:
    """Vacations and sick days of each person while employed; no two of one person overlap."""
    rows = []
    for person in each(staff):
        place = clock.of(person.time_zone, person.country)
        spans = _vacations(generator, place, person.country) + _sick(generator, place)
        last = "" if pd.isna(person.left_on) else person.left_on
        rows += [
            (person.person_id, first, to)
            for first, to in _apart(spans)
            if first >= person.joined_on and (not last or to <= last)
        ]
    return pd.DataFrame(rows, columns=["person_id", "from_on", "to_on"])


def _vacations(generator: Generator, place: clock.Clock, country: str) -> list[tuple[str, str]]:
    spans = []
    for first, last, days in _VACATIONS[country]:
        begin, end = np.searchsorted(place.days, np.array([first, last], dtype="datetime64[D]"))
        at = begin + int(generator.random() * (end - begin + 1))
        if generator.random() < _TAKEN:
            spans.append((str(place.days[at]), str(place.days[at + days - 1])))
    return spans


def _sick(generator: Generator, place: clock.Clock) -> list[tuple[str, str]]:
    count = int(chance.below(generator, 1, _SICK_SPELLS)[0])
    begins = _SICK_FROM_DAY + chance.below(generator, count, _SICK_TO_DAY - _SICK_FROM_DAY)
    lengths = chance.choose(generator, count, _SICK_WORKING_DAYS)
    return [
        (str(place.days[begin]), str(place.days[begin + days - 1]))
        for begin, days in zip(begins, lengths, strict=True)
        if str(place.days[begin + days - 1]) <= story.LAST_DAY
    ]


def _apart(spans: list[tuple[str, str]]) -> list[tuple[str, str]]:
    kept: list[tuple[str, str]] = []
    for first, last in sorted(spans):
        if not kept or first > kept[-1][1]:
            kept.append((first, last))
    return kept


# Planning rounds: every half year the shares are set anew, the last round reaches to the end.
_ROUNDS = (
    ("2024-01-01", "2024-06-30"),
    ("2024-07-01", "2024-12-31"),
    ("2025-01-01", "2025-06-30"),
    ("2025-07-01", "2025-12-31"),
)
_HOME_SHARES = {0.8: 0.3, 0.9: 0.4, 1.0: 0.3}
_LENT_SHARE = 0.2
_LENT_CHANCE = 0.25
_OFFICE_SHARES = {
    "hannah.stein": {story.CERTIFICATION: 0.5, "Platform and security": 0.25},
    "miguel.torres": {"Checkout experience": 0.5, "Ledger and settlement": 0.4},
    "laura.bennett": {"Mobile wallet": 0.6, "Data and reporting": 0.3},
    "anika.das": {"Mobile wallet": 0.5, "Checkout experience": 0.4},
}


def allocations(generator: Generator, staff: pd.DataFrame) -> pd.DataFrame:
    """Shares of working time by workstream: within a person's time, but for the specialist."""
    rows: list[tuple[str, str, str, str, float]] = []
    for person in each(staff):
        if person.person_id == story.SPECIALIST:
            rows += _specialist()
            continue
        for first, last in _ROUNDS:
            begin = max(first, person.joined_on)
            end = min(last, _LONGEST_NOTICE if pd.isna(person.left_on) else person.left_on)
            shares = _shares(generator, person.person_id, person.team)
            if begin <= end:
                rows += [
                    (person.person_id, stream, begin, end, share)
                    for stream, share in shares.items()
                ]
    return pd.DataFrame(rows, columns=["person_id", "workstream", "from_on", "to_on", "share"])


def _shares(generator: Generator, person_id: str, team: str) -> dict[str, float]:
    home = chance.choose(generator, 1, _HOME_SHARES)[0]
    lent = generator.random() < _LENT_CHANCE
    if team == story.OFFICE:
        return _OFFICE_SHARES[person_id]
    own = story.team_named(team).workstream
    if lent:
        return {own: 1.0 - _LENT_SHARE, story.CERTIFICATION: _LENT_SHARE}
    return {own: home}


def _specialist() -> list[tuple[str, str, str, str, float]]:
    before = pd.Timestamp(story.OVERLOAD_FROM) - pd.Timedelta(days=1)
    after = pd.Timestamp(story.OVERLOAD_TO) + pd.Timedelta(days=1)
    own = story.team_named("Platform").workstream
    calm = [
        (story.SPECIALIST, own, "2024-01-01", f"{before:%Y-%m-%d}", 0.9),
        (story.SPECIALIST, own, f"{after:%Y-%m-%d}", _LONGEST_NOTICE, 0.7),
        (story.SPECIALIST, story.CERTIFICATION, f"{after:%Y-%m-%d}", _LONGEST_NOTICE, 0.3),
    ]
    overload = [
        (story.SPECIALIST, stream, story.OVERLOAD_FROM, story.OVERLOAD_TO, share)
        for stream, share in story.OVERLOAD.items()
    ]
    return calm + overload
