"""Real portfolios of others, read into the tables of the language."""

import re
from itertools import pairwise

import pandas as pd

from tests.places import SHARED_DATA
from tpm_analytics import Program

KEPS = SHARED_DATA / "k8s_keps"
STAGES = ("alpha", "beta", "stable")
RELEASED = re.compile(r"v?(1\.\d+)\.0 released", re.IGNORECASE)
DAY = re.compile(r"([A-Z][a-z]{2})[a-z]*,? (?:(\d+)\w* )?([A-Z][a-z]{2})[a-z]*(?: (\d+)\w*)?")
NUMBER = re.compile(r"v?(1\.\d+)")


def release_days():
    """Day of each Kubernetes release, by its number; a year not written is found by the weekday."""
    rows = pd.read_csv(KEPS / "sig_release" / "timeline_rows_raw.csv", dtype="str")
    found = {}
    for cells in rows["cells"]:
        if not (named := RELEASED.search(cells)):
            continue
        weekday, before, month, behind = DAY.search(cells.split("¦")[2]).groups()
        days = [
            pd.Timestamp(f"{before or behind} {month} {year}")
            for year in range(2018, 2027)
            if f"{year}" in cells or not re.search(r"20[12]\d", cells.split("¦")[2])
        ]
        last = max(found.values(), default=pd.Timestamp("2018-01-01"))
        found[named[1]] = min(day for day in days if day > last and f"{day:%a}" == weekday)
    return found


def kubernetes():
    """Kubernetes enhancement proposals: a milestone for each stage, planned for a release.

    A stage counts as reached on the day of the release named last for it, if the proposal has
    come to that stage and the day is past. What is planned for no known release is left out.
    """
    changes = pd.read_csv(KEPS / "kep_changelog.csv", dtype="str", keep_default_na=False)
    days = release_days()
    planned = changes[changes["field"].isin([f"milestone.{stage}" for stage in STAGES])]
    number = planned["to"].str.extract(f"^{NUMBER.pattern}$")[0]
    planned = planned.assign(forecast_on=number.map(days)).dropna(subset="forecast_on")
    planned = planned.assign(
        milestone_id=planned["kep"] + " " + planned["field"].str.removeprefix("milestone."),
        reported_on=pd.to_datetime(planned["changed_at"]).dt.date,
    )
    last = planned.groupby("milestone_id")["forecast_on"].last()
    keps = pd.read_csv(KEPS / "keps.csv", dtype="str").set_index("kep")
    kep, stage = last.index.str.split(" ").str[0], last.index.str.split(" ").str[1]
    rank = {name: place for place, name in enumerate(STAGES)}
    came_to = pd.Series(keps["stage"].map(rank).reindex(kep).to_numpy(), index=last.index)
    now = pd.to_datetime(changes["changed_at"]).max().tz_localize(None)
    reached = (came_to >= stage.map(rank)) & (last <= now)
    milestones = pd.DataFrame(
        {
            "milestone_id": last.index,
            "name": last.index,
            "due_on": last.to_numpy(),
            "done_on": last.where(reached).to_numpy(),
        }
    )
    items = pd.DataFrame({"item_id": keps.index, "created_at": "2018-01-01"})
    forecasts = planned[["milestone_id", "reported_on", "forecast_on"]]
    return Program.from_tables(
        {"items": items, "milestones": milestones, "milestone_forecasts": forecasts},
        as_of=now,
    )


def melbourne():
    """Capital projects of Melbourne Water: each stage an activity that follows the one before.

    A stage is over if its day is past; of the others nothing but that day is known. The first
    stage begins at the close of the tender.
    """
    path = SHARED_DATA / "melbourne_water_capital"
    rows = pd.read_csv(path / "Capital_Delivery_Project_deidentified.csv", encoding="utf-8-sig")
    steps = ["Tender Closed", "Stage1", "Stage2", "Stage3"]
    days = rows[steps].apply(both_formats)
    now = pd.Timestamp("2024-10-28")
    activities = pd.concat(
        [
            pd.DataFrame(
                {
                    "activity_id": rows["ID"] + " " + name,
                    "name": rows["ID"] + " " + name,
                    "team": rows["Owner Team"],
                    "workstream": rows["Delivery Program"],
                    "baseline_start_on": days[before].where(days[name] >= days[before]),
                    "baseline_finish_on": days[name],
                    "actual_start_on": days[before].where(days[before] <= now),
                    "actual_finish_on": days[name].where(days[name] <= now),
                }
            )
            for before, name in pairwise(steps)
        ],
        ignore_index=True,
    )
    links = pd.concat(
        [
            pd.DataFrame(
                {"from_id": rows["ID"] + " " + before, "to_id": rows["ID"] + " " + name}
            ).assign(kind="FS")
            for before, name in pairwise(steps[1:])
        ]
    )
    items = pd.DataFrame({"item_id": rows["ID"], "created_at": both_formats(rows["BNI"])})
    return Program.from_tables(
        {"items": items, "activities": activities, "links": links}, as_of=now
    )


def both_formats(texts):
    """Days written as 2016-05-25 or as 25/05/2016, with or without a time of day."""
    text = texts.astype("str").str.strip()
    iso, slashed = (
        text.str.extract(form)[0] for form in (r"^(\d{4}-\d\d-\d\d)", r"^(\d+/\d+/\d{4})")
    )
    days = pd.to_datetime(slashed.astype("str"), format="%d/%m/%Y")
    return pd.to_datetime(iso.astype("str"), format="%Y-%m-%d").fillna(days)
