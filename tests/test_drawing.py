"""Pictures of charts: the same on every machine, and drawn without a trace in the process."""

import json
import os
import subprocess
import sys
from pathlib import Path

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
