"""Dates in tables as people's spreadsheets write them, several ways in one file."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.places import SHARED_DATA, needs_shared_data
from tpm_analytics.errors import InvalidTableError, SourceError
from tpm_analytics.sources import folder as folder_source
from tpm_analytics.sources.reading import Options

ITEMS = "item_id,created_at,finished_at\n"


def items(folder, text, **fields):
    (folder / "items.csv").write_text(ITEMS + text, encoding="utf-8")
    return folder_source.read(str(folder), Options(fields=fields)).tables["items"]


def loaded(folder, text):
    (folder / "items.csv").write_text(ITEMS + text, encoding="utf-8")
    return tpm.load(f"folder:{folder}").items


def test_two_ways_of_writing_dates_stand_in_one_file(tmp_path):
    told = loaded(
        tmp_path,
        "A,25/05/2016 5:00:00 PM,2016-06-01 17:00:00\nB,5/02/2016,2016-03-01\nC,2016-07-01,\n",
    )
    assert told["created_at"].dt.strftime("%F %H:%M").tolist() == [
        "2016-05-25 17:00",
        "2016-02-05 00:00",
        "2016-07-01 00:00",
    ]
    assert told["finished_on"].dt.strftime("%F").tolist()[:2] == ["2016-06-01", "2016-03-01"]


def test_an_offset_is_kept(tmp_path):
    told = loaded(tmp_path, "A,25/05/2016 17:00 -0530,\nB,25/05/2016 17:00 +02:00,\n")
    assert told["created_at"].dt.strftime("%H:%M").tolist() == ["22:30", "15:00"]


def test_days_that_could_be_months_are_not_guessed(tmp_path):
    with pytest.raises(SourceError, match=r"items\.csv, row 1.*'5/02/2016'") as caught:
        items(tmp_path, "A,5/02/2016,\n")
    assert "date_format" in caught.value.hint
    told = items(tmp_path, "A,5/02/2016,\n", date_format="%d/%m/%Y")
    assert told["created_at"].str[:10].tolist() == ["2016-02-05"]


def test_two_orders_in_one_file_are_both_named(tmp_path):
    with pytest.raises(SourceError, match=r"row 1.*row 2"):
        items(tmp_path, "A,25/05/2016,\nB,05/25/2016,\n")


def test_what_is_no_date_at_all_is_left_for_the_door_to_name(tmp_path):
    with pytest.raises(InvalidTableError, match="row 1, created_at: is not a moment"):
        loaded(tmp_path, "A,soon,\n")


@needs_shared_data
def test_capital_projects_in_two_formats_are_read_from_their_file(tmp_path):
    path = SHARED_DATA / "melbourne_water_capital" / "Capital_Delivery_Project_deidentified.csv"
    rows = pd.read_csv(path, dtype="str", encoding="utf-8-sig", keep_default_na=False)
    rows.to_csv(tmp_path / "items.csv", index=False)
    delivery = folder_source.read(
        str(tmp_path),
        Options(fields={"item_id": "ID", "created_at": "BNI", "finished_at": "Stage3"}),
    )
    told = tpm.Program.from_tables(delivery).items
    assert len(told) == 445
    assert told["created_on"].notna().sum() == 443
    assert told["finished_on"].notna().sum() == 444
    by_key = told.set_index("item_id")
    assert by_key.loc["Q05388", "created_on"] == pd.Timestamp("2016-02-05")
    assert by_key.loc["Q05388", "finished_on"] == pd.Timestamp("2018-02-16")
