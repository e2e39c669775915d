"""The CSV that Jira's export button writes, imitated column by column."""

import csv
import gzip
import io

import numpy as np
import pandas as pd
import pytest

from tpm_analytics.errors import InvalidTableError, SourceError, TpmError
from tpm_analytics.program import Program
from tpm_analytics.sources import jira_csv
from tpm_analytics.sources.reading import Options

ANA, BEN = "712020:8fc68cc7-2fdf", "557058:787e8048-52b9"


def cells(text):
    """Cells of one row, written over several lines here."""
    joined = text.replace("\n", "").replace("<LF>", "\n").replace("<CRLF>", "\r\n")
    return next(csv.reader(io.StringIO(joined, newline="")))


# The columns and their order are those of an export of all fields, in English and in Spanish.
HEADERS = {
    "English": cells("""
Summary,Issue key,Issue id,Issue Type,Status,Project key,Project name,Priority,Resolution,
Assignee,Assignee Id,Created,Updated,Last Viewed,Resolved,Fix versions,Fix versions,
Due date,Labels,Labels,Description,Log Work,Log Work,Original estimate,Σ Original Estimate,
Outward issue link (Blocks),Outward issue link (Blocks),Inward issue link (Blocks),
Outward issue link (Relates),Attachment,Custom field (Flagged),Custom field (Rank),Sprint,
Sprint,Custom field (Story Points),Custom field (Story point estimate),Comment,Comment,
Parent,Parent key,Parent summary,Status Category,Status Category Changed
"""),
    "Spanish": cells("""
Resumen,Clave de incidencia,ID de la incidencia,Tipo de Incidencia,Estado,
Clave del proyecto,Nombre del proyecto,Prioridad,Resolución,Persona asignada,
ID de la persona asignada,Creada,Actualizada,Vista por Última Vez,Resuelta,
Versiones corregidas,Versiones corregidas,Fecha de vencimiento,Etiquetas,Etiquetas,
Descripción,Registrar Horas de Trabajo,Registrar Horas de Trabajo,Estimación original,
Σ Estimación original,Enlace de incidencia saliente (Blocks),
Enlace de incidencia saliente (Blocks),Enlace a la incidencia interna (Blocks),
Enlace de incidencia saliente (Relates),Adjunto,Campo personalizado (Flagged),
Campo personalizado (Rank),Sprint,Sprint,Campo personalizado (Story Points),
Campo personalizado (Story point estimate),Comentario,Comentario,Principal,Clave principal,
Parent summary,Categoría de estado,Categoría de estado cambiada
"""),
}
ENGLISH = [
    cells("""
Checkout,SHOP-1,10001,Epic,In Progress,SHOP,Shop,High,,,,01/Mar/24 9:00 AM,
20/Mar/24 9:00 AM,,,,,,,,,,,,0,,,,,,,0|i0005j:,,,,,,,,,,In Progress,05/Mar/24 9:00 AM
"""),
    cells("""
"=HYPERLINK(""http://x"")</script>",SHOP-2,10002,Story,Done,SHOP,Shop,Medium,Done,Ana Díaz,
712020:8fc68cc7-2fdf,04/Mar/24 3:04 PM,15/Mar/24 12:10 AM,,15/Mar/24 12:10 AM,1.0,1.1,
12/Mar/24 12:00 AM,web,pay,"h2. Why<CRLF><CRLF>Because, ""they"" said; so.",
"pair; with Ben<LF>and Ana;12/Mar/24 3:04 PM;557058:787e8048-52b9;5400",
;13/Mar/24 12:30 AM;712020:8fc68cc7-2fdf;3600,28800,28800,SHOP-3,SHOP-4,,SHOP-9,
12/Mar/24 1:00 PM;x;shot.png;https://h/1,,0|i0005r:,Sprint 1,Sprint 2,,5.0,
12/Mar/24 3:04 PM;x;Fine,,10001,SHOP-1,Checkout,Done,15/Mar/24 12:10 AM
"""),
    cells("""
Refunds,SHOP-3,10003,Bug,In Review,SHOP,Shop,Low,,Ben,557058:787e8048-52b9,
05/Mar/24 10:00 AM,18/Mar/24 9:30 PM,,,,,,,,,,,,,,,SHOP-2,,,Impediment,0|i0005z:,Sprint 2,,
,0.5,,,10001,,Checkout,In Progress,18/Mar/24 9:30 PM
"""),
]
CATEGORY = {"To Do": "Por hacer", "In Progress": "En curso", "Done": "Listo"}


def spanish(rows):
    """Return the same rows as a Spanish export has them: months, categories, half of the day."""
    translated = []
    for row in rows:
        cells = [cell.replace("/Mar/", "/mar/") for cell in row[:-2]]
        category, changed = CATEGORY[row[-2]], row[-1].replace("/Mar/", "/mar/")
        translated.append([*cells, category, changed])
    return [
        [cell.replace(" AM", "\u00a0a.\u00a0m.").replace(" PM", "\u00a0p.\u00a0m.") for cell in row]
        for row in translated
    ]


ROWS = {"English": ENGLISH, "Spanish": spanish(ENGLISH)}


def as_csv(headers, rows, delimiter=",", mark="\ufeff"):
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows([headers, *rows])
    return (mark + text.getvalue()).encode()


def deliver(path, content=None, *, time_zone="Europe/Madrid", **fields):
    if content is not None:
        path.write_bytes(content)
    return jira_csv.read(str(path), Options(time_zone=time_zone, fields=fields))


def minimal(path, rows, headers=("Issue key", "Created"), **fields):
    return deliver(path, as_csv(headers, rows), **fields)


def utc(*texts):
    return pd.Series(pd.to_datetime(list(texts), utc=True)).astype("datetime64[us, UTC]")


def text(*values):
    return pd.Series(values, dtype="str")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "Jira.csv"


@pytest.mark.parametrize("language", HEADERS)
@pytest.mark.parametrize("delimiter", [",", ";", "|"])
def test_an_export_becomes_the_tables_written_by_hand(path, language, delimiter):
    delivery = deliver(path, as_csv(HEADERS[language], ROWS[language], delimiter))
    expected = {
        "items": pd.DataFrame(
            {
                "item_id": text("SHOP-1", "SHOP-2", "SHOP-3"),
                "title": text("Checkout", '=HYPERLINK("http://x")</script>', "Refunds"),
                "kind": text("Epic", "Story", "Bug"),
                "status": text("In Progress", "Done", "In Review"),
                "priority": text("High", "Medium", "Low"),
                "team": text("SHOP", "SHOP", "SHOP"),
                # Madrid is one hour ahead of UTC in March, before the clocks change
                "created_at": utc("2024-03-01T08:00", "2024-03-04T14:04", "2024-03-05T09:00"),
                "started_at": utc(None, None, None),
                "finished_at": utc(None, "2024-03-14T23:10", None),
                "points": [np.nan, 5.0, 0.5],
                "estimate_hours": [np.nan, 8.0, np.nan],
                "parent_id": text(None, "SHOP-1", "SHOP-1"),
                "assignee_id": text(None, ANA, BEN),
                "release": text(None, "1.0", None),
                "url": text(None, None, None),
                "project": text("SHOP", "SHOP", "SHOP"),
                "updated_at": utc("2024-03-20T08:00", "2024-03-14T23:10", "2024-03-18T20:30"),
            }
        ),
        "sprints": pd.DataFrame(
            {"sprint_id": text("Sprint 1", "Sprint 2"), "name": text("Sprint 1", "Sprint 2")}
        ),
        "sprint_scope": pd.DataFrame(
            {
                "sprint_id": text("Sprint 1", "Sprint 2", "Sprint 2"),
                "item_id": text("SHOP-2", "SHOP-2", "SHOP-3"),
                "added_at": pd.Series([pd.NaT] * 3, dtype="datetime64[us]"),
            }
        ),
        # SHOP-2 blocks SHOP-3 stands at both its ends, and counts once
        "links": pd.DataFrame(
            {
                "from_id": text("SHOP-2", "SHOP-2", "SHOP-2"),
                "to_id": text("SHOP-3", "SHOP-4", "SHOP-9"),
                "kind": text("blocks", "blocks", "relates"),
            }
        ),
        "people": pd.DataFrame({"person_id": text(ANA, BEN)}),
        "worklogs": pd.DataFrame(
            {
                "person_id": text(BEN, ANA),
                "item_id": text("SHOP-2", "SHOP-2"),
                "worked_on": pd.Series(
                    pd.to_datetime(["2024-03-12", "2024-03-13"]), dtype="datetime64[us]"
                ),
                "hours": [1.5, 1.0],
            }
        ),
    }
    assert list(delivery.tables) == list(expected)
    for name, table in expected.items():
        pd.testing.assert_frame_equal(delivery.tables[name], table, obj=name)
    assert delivery.categories == {
        "In Progress": "active",
        "Done": "done",
        "In Review": "active",
    }
    assert delivery.notes == (
        "A Jira CSV export has no changelog: start dates are unknown.",
        "A Jira CSV export has sprints by name only: when they began and ended, and when an "
        "item entered one, is unknown.",
        "Items flagged, since when is unknown: 1.",
        "Items planned for several releases, of which the first counts: 1.",
    )


@pytest.mark.parametrize("language", HEADERS)
def test_an_export_passes_the_door(path, language):
    delivery = deliver(path, as_csv(HEADERS[language], ROWS[language]))
    program = Program.from_tables(delivery, time_zone="Europe/Madrid")
    assert str(program.workflow) == "active: In Progress, In Review; done: Done"
    assert program.as_of == pd.Timestamp("2024-03-15")
    assert program.sprint_scope["added_at"].isna().all()
    assert program.has("items", "sprints", "sprint_scope", "links", "people", "worklogs")


def test_27_sprints_and_300_work_logs_of_one_item(path):
    headers = ["Issue key", "Created", *["Sprint"] * 27, *["Log Work"] * 300]
    sprints = [f"Team {number}" for number in range(27)]
    logs = [f"day {day};{1 + day % 28:02}/Jan/24 9:00 AM;ana;1800" for day in range(300)]
    rows = [
        ["A-1", "01/Jan/24 9:00 AM", *sprints, *logs],
        ["A-2", "02/Jan/24 9:00 AM", "Team 26", *[""] * 26, *[""] * 300],
    ]
    tables = minimal(path, rows, headers).tables
    assert tables["sprints"]["name"].tolist() == sprints
    assert tables["sprint_scope"].groupby("item_id").size().to_dict() == {"A-1": 27, "A-2": 1}
    assert len(tables["worklogs"]) == 300
    assert tables["worklogs"]["hours"].sum() == 150.0


def test_pages_of_different_width_are_one_export(tmp_path):
    first = as_csv(
        ["Issue key", "Issue id", "Created", "Sprint", "Comment"],
        [["A-1", "1", "01/Jan/24 9:00 AM", "S1", "c"]],
    )
    second = as_csv(
        ["Issue key", "Created", "Sprint", "Sprint", "Parent id"],
        [["A-2", "02/Jan/24 9:00 AM", "S1", "S2", "1"], ["", "", "", "", ""]],
    )
    (tmp_path / "Jira (1).csv").write_bytes(first)
    (tmp_path / "Jira (2).csv.gz").write_bytes(gzip.compress(second))
    delivery = deliver(tmp_path)
    assert delivery.tables["items"]["item_id"].tolist() == ["A-1", "A-2"]
    assert delivery.tables["items"]["parent_id"].tolist()[1] == "A-1"
    assert delivery.tables["sprint_scope"]["sprint_id"].tolist() == ["S1", "S1", "S2"]
    assert delivery.origins["items"] == "Jira (1).csv, Jira (2).csv.gz"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12/Mar/24 3:04 PM", "2024-03-12T15:04"),
        ("12/Mar/2024 12:04 AM", "2024-03-12T00:04"),
        ("12/mar/24 15:04", "2024-03-12T15:04"),
        ("12/mar./24 3:04 p.\u00a0m.", "2024-03-12T15:04"),
        ("12/mar/24 12:04\u202fp. m.", "2024-03-12T12:04"),
        ("02/dic/25 11:40 AM", "2025-12-02T11:40"),
        ("30/ene/26 12:59 PM", "2026-01-30T12:59"),
        ("19/févr./26 7:31 PM", "2026-02-19T19:31"),
        ("05/août/25 2:47 PM", "2025-08-05T14:47"),
        ("01/juil./25 6:13 PM", "2025-07-01T18:13"),
        ("12.Mär.24 15:04", "2024-03-12T15:04"),
        ("12. Dezember 2024 15:04", "2024-12-12T15:04"),
        ("2024-03-12 15:04", "2024-03-12T15:04"),
        ("2024-03-12T15:04:05.250+0800", "2024-03-12T07:04:05.25"),
        ("2024-03-12 15:04:00-05:30", "2024-03-12T20:34"),
        ("2024-03-12", "2024-03-12"),
        ("12/Mar/24", "2024-03-12"),
        ("25/03/24 15:04", "2024-03-25T15:04"),
        ("3/25/2024 15:04", "2024-03-25T15:04"),
        ("03/03/24 15:04", "2024-03-03T15:04"),
        ("12/Mar/99 15:04", "1999-03-12T15:04"),
    ],
)
def test_each_form_of_date_is_read(path, written, meant):
    items = minimal(path, [["A-1", written]], time_zone="UTC").tables["items"]
    assert items["created_at"][0] == pd.Timestamp(meant, tz="UTC")


def test_one_row_tells_the_order_for_all_columns(path):
    rows = [["A-1", "03/04/24 10:00", ""], ["A-2", "05/04/24 10:00", "04/30/24 10:00"]]
    headers = ["Issue key", "Created", "Resolved"]
    items = minimal(path, rows, headers, time_zone="UTC").tables["items"]
    assert items["created_at"].dt.strftime("%m-%d").tolist() == ["03-04", "05-04"]
    assert items["finished_at"].dt.strftime("%m-%d").tolist()[1] == "04-30"


def test_ambiguous_dates_ask_for_a_format_and_take_it(path):
    rows = [["A-1", "03/03/24 10:00"], ["A-2", "03/04/24 10:00"]]
    with pytest.raises(SourceError, match=r"Jira\.csv, row 2.*'03/04/24 10:00'") as caught:
        minimal(path, rows)
    assert 'date_format = "%d/%m/%y %H:%M"' in caught.value.hint
    for date_format, month in (("%d/%m/%y %H:%M", 4), ("%m/%d/%y %H:%M", 3)):
        items = minimal(path, rows, date_format=date_format, time_zone="UTC").tables["items"]
        assert items["created_at"].dt.month.tolist() == [3, month]


def test_a_given_format_knows_local_months_and_halves_of_the_day(path):
    rows = [["A-1", "marzo 12, 24 - 3:04 p.\u00a0m."], ["A-2", "dic. 01, 24 - 9:00 a. m."]]
    delivery = minimal(path, rows, date_format="%B %d, %y - %I:%M %p", time_zone="UTC")
    assert delivery.tables["items"]["created_at"].tolist() == [
        pd.Timestamp("2024-03-12T15:04Z"),
        pd.Timestamp("2024-12-01T09:00Z"),
    ]


def test_two_orders_in_one_export_are_refused(path):
    rows = [["A-1", "25/03/24 10:00"], ["A-2", "03/25/24 10:00"]]
    with pytest.raises(SourceError, match=r"two orders: Jira\.csv, row 1.*Jira\.csv, row 2"):
        minimal(path, rows)


@pytest.mark.parametrize(
    "unreadable",
    ["yesterday", "31/Feb/24 9:00 AM", "12/Foo/24 9:00", "12/Mar/24 25:00", "1/Mar/24 13:00 PM"],
)
def test_an_unreadable_date_names_file_row_column_and_value(path, unreadable):
    rows = [["A-1", "12/Mar/24 9:00 AM"], ["A-2", unreadable]]
    with pytest.raises(SourceError, match=rf"Jira\.csv, row 2, column 'Created': '{unreadable}'"):
        minimal(path, rows)


@pytest.mark.parametrize("time_zone", ["America/Lima", "Asia/Tokyo", "Europe/Madrid"])
def test_times_are_of_the_zone_and_days_of_work_are_as_written(path, time_zone):
    rows = [["A-1", "12/Mar/24 11:30 PM", ";12/Mar/24 11:30 PM;ana;60"]]
    tables = minimal(path, rows, ["Issue key", "Created", "Log Work"], time_zone=time_zone).tables
    created = tables["items"]["created_at"].dt.tz_convert(time_zone)[0]
    assert created.strftime("%Y-%m-%d %H:%M") == "2024-03-12 23:30"
    assert tables["worklogs"]["worked_on"].tolist() == [pd.Timestamp("2024-03-12")]


def points_of(path, *pairs, **fields):
    headers = ["Issue key", "Created", "Custom field (Story Points)"]
    headers.append("Custom field (Story point estimate)")
    rows = [[f"A-{row}", "12/Mar/24", *pair] for row, pair in enumerate(pairs)]
    delivery = minimal(path, rows, headers, **fields)
    return delivery.tables["items"]["points"].tolist(), delivery.notes


def test_an_empty_column_of_points_gives_way_silently(path):
    found, notes = points_of(path, ("", "3.0"), ("", "2,5"), ("", "1"))
    assert found == [3.0, 2.5, 1.0]
    assert not any("two columns" in note for note in notes)


def test_of_two_filled_columns_of_points_the_fuller_counts(path):
    found, notes = points_of(path, ("1", "3"), ("", "5"), ("8", ""), ("", "2"))
    assert found == [3.0, 5.0, 8.0, 2.0]
    assert "'Custom field (Story point estimate)' counts" in notes[0]
    assert "they differ in 1 rows" in notes[0]


def test_a_mapped_column_of_points_is_the_only_one(path):
    found, _ = points_of(path, ("1", "3"), ("", "5"), points="Custom field (Story Points)")
    assert found[0] == 1.0
    assert np.isnan(found[1])


def test_points_that_are_no_number_are_named(path):
    with pytest.raises(SourceError, match=r"row 2, column 'Custom field \(Story Points\)': 'XL'"):
        points_of(path, ("1", ""), ("XL", ""))


def test_the_finish_is_the_resolution_or_the_change_to_done(path):
    headers = ["Issue key", "Created", "Resolved", "Status", "Status Category"]
    headers.append("Status Category Changed")
    day = "01/Mar/24"
    rows = [
        ["A-1", day, "05/Mar/24", "Done", "Done", "06/Mar/24"],
        ["A-2", day, "", "Done", "Done", "06/Mar/24"],
        ["A-3", day, "05/Mar/24", "Doing", "In Progress", "06/Mar/24"],
        ["A-4", day, "", "Doing", "In Progress", "06/Mar/24"],
    ]
    delivery = minimal(path, rows, headers, time_zone="UTC")
    finished = delivery.tables["items"]["finished_at"].dt.day
    assert finished.fillna(0).tolist() == [5, 6, 0, 0]
    assert sum("1." in note and "finished" in note for note in delivery.notes) == 1
    assert sum("not done, counted as open: 1." in note for note in delivery.notes) == 1


def test_a_status_of_two_categories_takes_the_more_frequent(path):
    headers = ["Issue key", "Created", "Status", "Status Category"]
    kinds = ["In Progress", "In Progress", "To Do"]
    rows = [[f"A-{row}", "01/Mar/24", "Triage", kind] for row, kind in enumerate(kinds)]
    assert minimal(path, rows, headers).categories == {"Triage": "active"}


def test_default_statuses_are_known_without_a_category(path):
    headers = ["Clave de incidencia", "Creada", "Estado"]
    names = ["Tareas por hacer", "En curso", "Finalizada", "PARKED"]
    rows = [[f"A-{row}", "01/abr/26 9:00 AM", name] for row, name in enumerate(names)]
    delivery = minimal(path, rows, headers)
    assert delivery.categories == {
        "Tareas por hacer": "backlog",
        "En curso": "active",
        "Finalizada": "done",
    }
    assert Program.from_tables(delivery).workflow.unknown == ("PARKED",)


def test_the_parent_is_a_key_a_number_or_an_epic(path):
    headers = ["Issue key", "Issue id", "Created", "Parent", "Custom field (Epic Link)"]
    rows = [
        ["A-1", "1", "01/Mar/24", "", ""],
        ["A-2", "2", "01/Mar/24", "1", "A-1"],
        ["A-3", "3", "01/Mar/24", "", "A-1"],
        ["A-4", "4", "01/Mar/24", "A-2", ""],
        ["A-5", "5", "01/Mar/24", "999", ""],
    ]
    parents = minimal(path, rows, headers).tables["items"]["parent_id"]
    assert parents.fillna("").tolist() == ["", "A-1", "A-1", "A-2", ""]


def test_links_are_told_by_direction(path):
    headers = ["Issue key", "Created", "Inward issue link (Blocks)"]
    headers.append("Enlace de incidencia saliente (Depende )")
    rows = [["A-2", "01/Mar/24", "A-1", "A-3"]]
    assert minimal(path, rows, headers).tables["links"].to_dict("records") == [
        {"from_id": "A-1", "to_id": "A-2", "kind": "blocks"},
        {"from_id": "A-2", "to_id": "A-3", "kind": "depende"},
    ]


LINK_COLUMNS = {
    "English": ("Inward issue link (Blocks)", "Outward issue link (Blocks)"),
    "newer English": ("Inward work item link (Blocks)", "Outward work item link (Blocks)"),
    "Spanish": (
        "Enlace a la incidencia interna (Blocks)",
        "Enlace de incidencia saliente (Blocks)",
    ),
    "French": ("Lien de ticket entrant (Blocks)", "Lien du ticket sortant (Blocks)"),
    "German": (
        "Eingehende Vorgangsverknüpfung (Blocks)",
        "Ausgehende Vorgangsverknüpfung (Blocks)",
    ),
    "Portuguese": ("Link de entrada do item (Blocks)", "Link de saída do item (Blocks)"),
    "other Portuguese": ("Vínculo interno de item (Blocks)", "Vínculo externo de item (Blocks)"),
}


@pytest.mark.parametrize("language", LINK_COLUMNS)
def test_links_are_read_in_every_language(path, language):
    rows = [["A-2", "01/Mar/24", "A-1", "A-3"]]
    headers = ["Issue key", "Created", *LINK_COLUMNS[language]]
    assert minimal(path, rows, headers).tables["links"].to_dict("records") == [
        {"from_id": "A-1", "to_id": "A-2", "kind": "blocks"},
        {"from_id": "A-2", "to_id": "A-3", "kind": "blocks"},
    ]


@pytest.mark.parametrize(
    "header",
    ["Custom field (Inward link)", "Epic Link (Blocks)", "Verknüpfung (Blocks)", "Inward (Blocks)"],
)
def test_what_tells_no_direction_of_a_link_is_no_link(path, header):
    headers = ["Issue key", "Created", header]
    assert minimal(path, [["A-2", "01/Mar/24", "A-1"]], headers).tables["links"].empty


def test_work_by_people_who_hold_no_item_is_noted(path):
    headers = ["Issue key", "Created", "Assignee", "Log Work"]
    rows = [["A-1", "01/Mar/24", "Ana", "a;b;01/Mar/24 9:00 AM;2fb8308b-7ebc;7200"]]
    delivery = minimal(path, rows, headers)
    assert delivery.tables["worklogs"]["hours"].tolist() == [2.0]
    assert delivery.tables["people"]["person_id"].tolist() == ["Ana", "2fb8308b-7ebc"]
    assert "Items with work logged by people who hold no item: 1." in delivery.notes


def test_a_broken_work_entry_is_named(path):
    rows = [["A-1", "01/Mar/24", "two hours"]]
    with pytest.raises(SourceError, match=r"row 1, column 'Log Work': 'two hours'"):
        minimal(path, rows, ["Issue key", "Created", "Log Work"])


def test_an_unknown_language_lists_headers_and_takes_a_mapping(path):
    headers = ["Avain", "Luotu", "Koko"]
    rows = [["A-1", "2024-03-12 15:04", "3"]]
    with pytest.raises(SourceError, match=r"Issue key or Created.*Avain, Luotu, Koko") as caught:
        minimal(path, rows, headers)
    assert 'item_id = "...", created_at = "..."' in caught.value.hint
    fields = {"item_id": "Avain", "items.created_at": "Luotu", "points": "koko"}
    items = minimal(path, rows, headers, **fields).tables["items"]
    assert items[["item_id", "points"]].to_numpy().tolist() == [["A-1", 3.0]]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"points": "Size"}, r"Jira\.csv lacks: points = 'Size'.*Found: Issue key, Created"),
        ({"sprints.goal": "Created"}, "'sprints.goal', which a Jira CSV export cannot fill"),
    ],
)
def test_a_mapping_that_maps_nothing_is_an_error(path, fields, said):
    with pytest.raises(SourceError, match=said):
        minimal(path, [["A-1", "01/Mar/24"]], **fields)


def test_a_mapped_start_is_used_and_the_note_of_it_gone(path):
    headers = ["Issue key", "Created", "Custom field (Actual start)"]
    rows = [["A-1", "01/Mar/24", "02/Mar/24"]]
    delivery = minimal(path, rows, headers, started_at=headers[2], time_zone="UTC")
    assert delivery.tables["items"]["started_at"].tolist() == [pd.Timestamp("2024-03-02T00:00Z")]
    assert delivery.notes == ()


def test_the_same_key_twice_names_both_places(tmp_path):
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(
            as_csv(["Issue key", "Created"], [[f"{name}-1", "01/Mar/24"], ["A-1", "01/Mar/24"]])
        )
    with pytest.raises(SourceError, match=r"'A-1' stands in a\.csv, row 2 and in b\.csv, row 2"):
        deliver(tmp_path)


def test_a_row_without_a_key_is_named(path):
    with pytest.raises(SourceError, match=r"Jira\.csv, row 2: 'Issue key' is empty"):
        minimal(path, [["A-1", "01/Mar/24"], ["", "01/Mar/24"]])


def test_values_the_door_refuses_name_the_file(path):
    headers = ["Issue key", "Created", "Story Points"]
    with pytest.raises(InvalidTableError, match=r"(?s)Jira\.csv.*row 1, points: is below 0"):
        Program.from_tables(minimal(path, [["A-1", "01/Mar/24", "-3"]], headers))


GOOD = as_csv(["Issue key", "Created", "Summary"], [["A-1", "01/Mar/24", "Año"]], mark="")
BAD = {
    "empty": (b"", "Jira.csv is empty"),
    "headers only": (GOOD.split(b"\r\n")[0], "Jira.csv: a row of headers and nothing below"),
    "web page": (b"<!DOCTYPE html><html><title>Log in</title></html>", "is a web page"),
    "UTF-16": (GOOD.decode().encode("utf-16"), "Jira.csv is UTF-16"),
    "Latin-1": (GOOD.decode().encode("latin-1"), r"Jira\.csv, line 2: byte 42 is 0xf1"),
    "Latin-1 behind a BOM": (
        b"\xef\xbb\xbf" + GOOD.decode().encode("latin-1"),
        r"Jira\.csv, line 2: byte 45 is 0xf1",
    ),
    "too many cells": (GOOD + b"A-2,01/Mar/24,x,y\r\n", "line 3: the row has 4 cells"),
    "too few cells": (GOOD + b"A-2,01/Mar/24\r\n", "line 3: the row has 2 cells"),
    "no key column": (GOOD.replace(b"Issue key", b"Nothing"), "known to mean Issue key;"),
    "cut gzip": (gzip.compress(GOOD * 50)[:-12], "gzip file that is cut short"),
}


@pytest.mark.parametrize(("content", "said"), BAD.values(), ids=BAD)
def test_bad_input_names_file_place_and_remedy(path, content, said):
    with pytest.raises(TpmError, match=said) as caught:
        deliver(path, content)
    assert "Jira.csv" in caught.value.message
    assert caught.value.hint


def test_absent_places_are_told_apart(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        deliver(tmp_path / "nowhere.csv")
    with pytest.raises(SourceError, match="holds no CSV file"):
        deliver(tmp_path)
