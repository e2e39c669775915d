"""Pictures of charts: the same on every machine, and drawn without a trace in the process."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tpm_analytics import drawing

FONTS = "FONTCONFIG_FILE"
CHART = {
    "data": {"values": [{"name": "Ledger · v2 − draft, Διάρκεια, Сроки", "days": 3}]},
    "mark": "bar",
    "encoding": {"y": {"field": "name", "type": "nominal"}, "x": {"field": "days"}},
}
_DRAW = (
    "import json, sys; from tpm_analytics import drawing;"
    "print(drawing.twin(json.loads(sys.argv[1]))['image/svg+xml'])"
)


def drawn_elsewhere(**environment: str) -> str:
    """Return the picture as a fresh process draws it."""
    own = {name: value for name, value in os.environ.items() if name != FONTS}
    return subprocess.run(
        [sys.executable, "-c", _DRAW, json.dumps(CHART)],
        env={**own, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_a_picture_is_the_same_whatever_fonts_a_machine_has(tmp_path: Path) -> None:
    bare = tmp_path / "no-fonts.conf"
    bare.write_text(f"<fontconfig><dir>{tmp_path}</dir></fontconfig>", encoding="utf-8")
    assert drawn_elsewhere() == drawn_elsewhere(**{FONTS: str(bare)})


def test_drawing_leaves_the_environment_as_it_was() -> None:
    drawing.converter.cache_clear()
    before = dict(os.environ)
    assert drawing.twin({**CHART, "width": 123})
    assert dict(os.environ) == before


def test_rows_in_words_that_nobody_sees_are_left_out_and_nothing_else_is() -> None:
    picture = drawing.twin(CHART)["image/svg+xml"]
    whole = drawing.converter().vegalite_to_svg(CHART)
    assert "aria-label" in whole
    assert "aria-label" not in picture
    assert drawing.converter().svg_to_png(picture) == drawing.converter().svg_to_png(whole)


@pytest.mark.parametrize("config", [{"aria": True, "background": "#fff"}, "nonsense", None])
def test_a_chart_keeps_its_configuration_whatever_it_is(config: object) -> None:
    told = json.loads(drawing.still({**CHART, "config": config}))["config"]
    assert told == ({**config, "aria": False} if isinstance(config, dict) else config)


def test_what_a_picture_points_to_is_named_after_the_picture() -> None:
    chart = {**CHART, "mark": {"type": "bar", "clip": True}}
    first = drawing.twin(chart)["image/svg+xml"]
    drawing._drawn.cache_clear()
    assert drawing.twin(chart)["image/svg+xml"] == first
    (name,) = set(re.findall(r'id="(.+?)"', first))
    assert re.fullmatch(r"clip[0-9a-f]{8}_0", name)
    assert f"url(#{name})" in first
    other = drawing.twin({**chart, "width": 99})["image/svg+xml"]
    assert name not in other
