"""Figures read like English: their names, units and differences."""

import json
import re
from pathlib import Path

import pytest

from tpm_analytics.reports import words

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (3, "items", "items"),
        (1, "items", "item"),
        (1, "calendar days", "calendar day"),
        (1, "activities", "activity"),
        (0, "days", "days"),
        (0.83, "share", ""),
        (1_200_000, "currency", ""),
        (None, "items", ""),
        (7, None, ""),
    ],
)
def test_a_unit_goes_with_its_figure_or_is_left_out(value, unit, said):
    assert words.unit_of(value, unit) == said


@pytest.mark.parametrize(
    ("now", "then", "unit", "said"),
    [
        (34, 33, "points", "+1 point"),
        (30, 33, "points", "−3 points"),
        (1500, 1000, "currency", "+500"),
        (0.83, 0.82, "share", "+1 percentage point"),
        (7, 5, None, "+2"),
    ],
)
def test_a_difference_has_the_unit_of_what_differs(now, then, unit, said):
    assert words.difference(now, then, unit) == said


def test_no_recorded_figure_is_named_in_shorthand():
    texts = [path.read_text(encoding="utf-8") for path in NOTEBOOKS.glob("*.ipynb")]
    cells = [cell for text in texts for cell in json.loads(text)["cells"]]
    code = "".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    names = re.findall(r'tpm\.record\(\s*"(\w+)"', code)
    assert "commitment_kept" in names
    shorthand = {"p50", "p80", "p85", "p95", "cpi", "spi", "eac", "wip", "on", "at"}
    parts = {name: name.split("_") for name in names}
    assert not [name for name, part in parts.items() if {part[0], part[-1]} & shorthand]
