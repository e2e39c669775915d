"""Days that lie after today do not move the day a program is seen from."""

import pandas as pd

import tpm_analytics as tpm
from tpm_analytics import calendars

HEAD = "item_id,created_at,finished_at\n"


def test_a_finish_typed_into_the_far_future_is_no_news(tmp_path):
    rows = "A-1,2025-01-01T09:00Z,2099-01-01T09:00Z\nA-2,2025-01-01T09:00Z,2025-01-05T09:00Z\n"
    (tmp_path / "items.csv").write_text(HEAD + rows)
    program = tpm.load(f"folder:{tmp_path}")
    assert program.as_of == calendars.today()
    assert program.items.set_index("item_id")["finished_on"].isna().to_dict() == {
        "A-1": True,
        "A-2": False,
    }
    assert any("2099-01-01" in note for note in program.notes)
    asked = tpm.load(f"folder:{tmp_path}", as_of="2099-06-01")
    assert asked.items["finished_on"].notna().all()


def test_an_export_of_the_past_is_seen_from_its_own_last_day(tmp_path):
    (tmp_path / "items.csv").write_text(HEAD + "A-1,2025-01-01T09:00Z,2025-01-05T09:00Z\n")
    program = tpm.load(f"folder:{tmp_path}")
    assert program.as_of == pd.Timestamp("2025-01-05")
    assert not any("after today" in note for note in program.notes)
