"""Folders of files named after tables."""

import gzip

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tpm_analytics.errors import MissingColumnsError, SourceError
from tpm_analytics.program import Program
from tpm_analytics.sources import folder
from tpm_analytics.sources.reading import Options

ITEMS = "item_id,title,points,created_at\nA-1,First,3,2025-03-03T09:00Z\n"


def deliver(place, **fields):
    return folder.read(str(place), Options(fields=fields))


def write_workbook(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)


@pytest.fixture
def place(tmp_path):
    (tmp_path / "items.csv").write_text(ITEMS, encoding="utf-8")
    return tmp_path


def test_csv_parquet_and_excel_make_one_program(place):
    pd.DataFrame(
        {
            "item_id": pd.Categorical(["A-1"]),
            "at": pd.to_datetime(["2025-03-04T10:00Z"]),
            "from_status": ["To Do"],
            "to_status": ["Done"],
        }
    ).to_parquet(place / "transitions.parquet")
    write_workbook(place / "People.xlsx", Sheet1=[["person_id", "hours_per_week"], ["ana", 40]])
    (place / "LINKS.CSV.gz").write_bytes(gzip.compress(b"from_id,to_id,kind\nA-1,A-2,blocks\n"))
    delivery = deliver(place)
    assert set(delivery.tables) == {"items", "transitions", "people", "links"}
    assert delivery.origins == {
        "items": "items.csv",
        "transitions": "transitions.parquet",
        "people": "People.xlsx, sheet Sheet1",
        "links": "LINKS.CSV.gz",
    }
    program = Program.from_tables(delivery)
    assert program.items["finished_at"].tolist() == [pd.Timestamp("2025-03-04T10:00Z")]
    assert program.people["hours_per_week"].tolist() == [40.0]


def test_one_workbook_of_any_name_holds_several_tables(tmp_path):
    sheets = {
        "Items": [["item_id", "created_at"], ["A-1", pd.Timestamp("2025-03-03 09:00")]],
        "Sprint Scope": [["sprint_id", "item_id"], ["S1", "A-1"]],
        "Remarks": [["anything"], ["at all"]],
    }
    write_workbook(tmp_path / "plan.xlsx", **sheets)
    delivery = deliver(tmp_path)
    assert set(delivery.tables) == {"items", "sprint_scope"}
    assert "plan.xlsx, sheet Remarks" in delivery.notes[0]
    alone = deliver(tmp_path / "plan.xlsx")
    assert alone.origins == delivery.origins


def test_ids_stay_as_they_are_written(tmp_path):
    (tmp_path / "items.csv").write_text(
        "item_id,release,title\n007,13.10,NA\n12,2.0,null\n", encoding="utf-8"
    )
    write_workbook(
        tmp_path / "sprints.xlsx",
        sprints=[["sprint_id", "name", "starts_at"], [12, 13.5, pd.Timestamp("2025-03-03")]],
    )
    tables = deliver(tmp_path).tables
    assert tables["items"].to_dict("list") == {
        "item_id": ["007", "12"],
        "release": ["13.10", "2.0"],
        "title": ["NA", "null"],
    }
    assert tables["sprints"].iloc[0].tolist() == ["12", "13.5", "2025-03-03T00:00:00"]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "with a BOM"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_csv_is_read_in_each_dialect(tmp_path, mark, delimiter, newline):
    text = f'item_id{delimiter}title{newline}"Ñ-1"{delimiter}"a ""b""; c,{newline}d\t"{newline}'
    (tmp_path / "items.csv").write_bytes(mark + text.encode())
    items = deliver(tmp_path).tables["items"]
    assert items["item_id"].tolist() == ["Ñ-1"]
    assert items["title"].tolist() == [f'a "b"; c,{newline}d\t']


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1),
        min_size=1,
        max_size=8,
    )
)
def test_any_text_survives_a_csv(tmp_path, cells):
    table = pd.DataFrame({"item_id": range(len(cells)), "title": cells})
    table.to_csv(tmp_path / "items.csv", index=False, lineterminator="\n", quoting=1)
    assert deliver(tmp_path).tables["items"]["title"].tolist() == cells


def test_columns_are_mapped_in_every_table_or_in_one(place):
    (place / "items.csv").write_text("Key,SP,Opened\nA-1,3,2025-03-03\n", encoding="utf-8")
    (place / "worklogs.csv").write_text(
        "person_id,Key,worked_on,hours\nana,A-1,2025-03-04,2\n", encoding="utf-8"
    )
    delivery = deliver(
        place, **{"item_id": "Key", "items.points": "SP", "items.created_at": "Opened"}
    )
    program = Program.from_tables(delivery)
    assert program.items["points"].tolist() == [3.0]
    assert program.worklogs["item_id"].tolist() == ["A-1"]


def test_a_mapped_column_replaces_one_of_our_name(place):
    (place / "items.csv").write_text("item_id,points,SP\nA-1,1,8\n", encoding="utf-8")
    items = deliver(place, points="SP").tables["items"]
    assert items.to_dict("list") == {"item_id": ["A-1"], "points": ["8"]}


def test_headers_that_differ_in_case_only_are_ours(place):
    (place / "items.csv").write_text("Item ID,Created_At\nA-1,2025-03-03\n", encoding="utf-8")
    assert list(deliver(place).tables["items"].columns) == ["item_id", "created_at"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"points": "Size"}, "'Size'.*items.csv has item_id, title, points, created_at"),
        ({"items.points": "Size"}, "which no file has"),
        ({"sprints.goal": "Aim"}, "there is no file for sprints"),
        ({"items.size": "points"}, "table items has no such column"),
        ({"size": "points"}, "no table has such a column"),
    ],
)
def test_a_mapping_that_maps_nothing_is_an_error(place, fields, said):
    with pytest.raises(SourceError, match=said):
        deliver(place, **fields)


def test_two_files_of_one_table_are_both_named(place):
    write_workbook(place / "plan.xlsx", items=[["item_id"], ["A-1"]])
    with pytest.raises(SourceError, match=r"items\.csv, plan\.xlsx, sheet items"):
        deliver(place)


def test_files_not_named_after_a_table_are_noted(place):
    (place / "velocity.csv").write_text("a\n1\n", encoding="utf-8")
    (place / "risks.ods").write_bytes(b"x")
    (place / "README.md").write_text("read me", encoding="utf-8")
    (place / ".~lock.items.csv#").write_text("", encoding="utf-8")
    assert deliver(place).notes == (
        "Not named after a table, and left out: risks.ods, velocity.csv.",
    )


def test_a_column_without_a_header_is_left_out_and_noted(place):
    (place / "items.csv").write_text(",item_id\n0,A-1\n", encoding="utf-8")
    delivery = deliver(place)
    assert list(delivery.tables["items"].columns) == ["item_id"]
    assert delivery.notes == ("items.csv: columns without a header, and left out: 1.",)


def test_a_table_of_headers_only_is_empty(place):
    (place / "risks.csv").write_text("risk_id,probability\n", encoding="utf-8")
    assert Program.from_tables(deliver(place)).risks.empty


def test_an_unreadable_value_names_file_and_row(place):
    (place / "items.csv").write_text(
        "item_id,points,created_at\nA-1,3,2025-03-03\nA-2,many,2025-03-04\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match=r"items\.csv.*\n.*row 2, points.*'many'"):
        Program.from_tables(deliver(place))


def test_a_missing_column_names_file_and_remedy(place):
    (place / "items.csv").write_text("key,created_at\nA-1,2025-03-03\n", encoding="utf-8")
    with pytest.raises(MissingColumnsError, match=r"items\.csv.*(\n.*)+Found: key.*\nHint"):
        Program.from_tables(deliver(place))


BAD_CSV = {
    "empty": (b"", "items.csv is empty"),
    "blank": (b"\xef\xbb\xbf \r\n", "items.csv is empty"),
    "too many cells": (b"item_id,title\nA-1,x\nA-2,x,y\n", "line 3: the row has 3 cells"),
    "too few cells": (b'item_id,title\n"A-\n1",x\nA-2\n', "line 4: the row has 1 cells"),
    "Latin-1": ("item_id,title\nA-1,Año\n".encode("latin-1"), "line 2: byte 19 is 0xf1"),
    "Latin-1 headers": ("item_id,Título\n".encode("latin-1"), "line 1: byte 9 is 0xed"),
    "UTF-16": ("item_id\nA-1\n".encode("utf-16"), "is UTF-16"),
    "web page": (b"\n<!DOCTYPE html><html>Log in</html>", "is a web page"),
    "workbook": (b"PK\x03\x04rest", "is a workbook"),
    "repeated header": (b"item_id,title,title\nA-1,x,y\n", "more than one column named 'title'"),
    "cut gzip": (gzip.compress(b"item_id\n" * 99)[:-9], "gzip file that is cut short"),
}


@pytest.mark.parametrize(("content", "said"), BAD_CSV.values(), ids=BAD_CSV)
def test_bad_csv_names_file_place_and_remedy(tmp_path, content, said):
    (tmp_path / "items.csv").write_bytes(content)
    with pytest.raises(SourceError, match=said) as caught:
        deliver(tmp_path)
    assert "items.csv" in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("name", ["risks.parquet", "risks.xlsx"])
def test_corrupt_files_are_named(place, name):
    (place / name).write_bytes(b"PK\x03\x04 not what it seems PAR1")
    with pytest.raises(SourceError, match=rf"{name} cannot be read"):
        deliver(place)


def test_a_formula_error_names_its_cell(place):
    book = openpyxl.Workbook()
    book.active.append(["risk_id", "impact_cost"])
    book.active.append(["R1", "#REF!"])
    book.active["B2"].data_type = "e"
    book.save(place / "risks.xlsx")
    with pytest.raises(SourceError, match=r"risks\.xlsx, sheet Sheet, cell B2 is the error #REF!"):
        deliver(place)


def test_absent_folder_and_absent_items_are_told_apart(tmp_path):
    with pytest.raises(SourceError, match="does not exist"):
        deliver(tmp_path / "nowhere")
    (tmp_path / "risks.csv").write_text("risk_id\nR1\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"holds no items table.*risks\.csv"):
        deliver(tmp_path)
    with pytest.raises(SourceError, match="is a file, not a folder"):
        deliver(tmp_path / "risks.csv")


UNENDED = "item_id,title,points\nA-1,Pay,3\nA-2,Refund,13"


def cut_notes(place, **texts):
    for name, text in texts.items():
        (place / f"{name}.csv").write_text(text, encoding="utf-8")
    return [note for note in deliver(place).notes if "line break" in note]


def test_the_one_file_without_a_line_break_at_its_end_may_be_cut_short(tmp_path):
    whole = {"people": "person_id\nP-1\n", "links": "from_id,to_id,kind\nA-1,A-2,blocks\n"}
    assert cut_notes(tmp_path, items=UNENDED, **whole) == [
        "items.csv ends without a line break, and the other files do not: if it was cut short, its "
        "last row is not whole, and more rows are missing: 'A-2,Refund,13'."
    ]
    assert cut_notes(tmp_path, items=UNENDED + "\n") == []


def test_files_that_an_editor_saves_without_a_last_line_break_raise_no_alarm(tmp_path):
    assert cut_notes(tmp_path, items=UNENDED) == []
    assert cut_notes(tmp_path, people="person_id\nP-1\n") == []
    assert cut_notes(tmp_path, links="from_id,to_id,kind\nA-1,A-2,blocks") == []


def test_a_file_that_ends_inside_a_row_is_cut_short_for_certain(tmp_path):
    (tmp_path / "items.csv").write_text(UNENDED[: UNENDED.rindex(",")], encoding="utf-8")
    with pytest.raises(SourceError, match="items.csv is cut short: it ends in line 3, in cell 2"):
        deliver(tmp_path)
