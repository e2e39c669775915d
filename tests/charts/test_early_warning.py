"""Tables of early warnings, from any program, with data as text."""

import pandas as pd
import pytest

import tpm_analytics as tpm
from tests.metrics.early_warning.lists import warned
from tpm_analytics import Program
from tpm_analytics.charts import early_warning as charts
from tpm_analytics.metrics import early_warning

HOSTILE = '</script><img src=x onerror="alert(1)">'


def tables(program):
    told, until = warned(program), program.as_of
    waiting = early_warning.waiting_links(program.links, program.items, until=until)
    return [
        charts.warnings_table(told.ranked),
        charts.chains_table(told.chains),
        charts.growth_table(told.growth),
        charts.moved_table(told.moved),
        charts.overdue_table(told.overdue),
        charts.holders_table(told.holders),
        charts.blocked_table(early_warning.blocked(program.blocks, program.items, until=until)),
        charts.waiting_table(waiting),
    ]


@pytest.mark.parametrize("name", ["sample", "empty"])
def test_every_table_is_headed_by_meanings(name):
    items = pd.DataFrame({"item_id": ["A-1"], "created_at": ["2025-01-01T09:00Z"]})
    program = tpm.load("sample:") if name == "sample" else Program.from_tables({"items": items})
    for table in tables(program):
        assert ("<th>" in table._repr_html_()) == bool(len(table.frame))
        assert "_" not in table._repr_html_().partition("</thead>")[0].replace("tpm-table", "")


def test_data_in_a_table_is_text():
    links = pd.DataFrame({"from_id": ["A", "B"], "to_id": ["B", "C"], "kind": "blocks"})
    items = pd.DataFrame(
        {"item_id": list("ABC"), "title": HOSTILE, "created_at": "2025-01-01T09:00Z"}
    )
    shown = [
        table._repr_html_()
        for table in tables(Program.from_tables({"items": items, "links": links}))
    ]
    assert any("&lt;img" in html for html in shown)
    assert not any("<img" in html for html in shown)
