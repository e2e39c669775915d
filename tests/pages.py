"""A workspace with the repository's own notebooks over any source."""

import shutil
from pathlib import Path

from tests.places import REPOSITORY
from tpm_analytics import workspace

REPORTS = (
    "velocity",
    "flow",
    "forecast",
    "schedule",
    "risk",
    "budget",
    "resources",
    "dependencies",
)


def made(folder: Path, source: str) -> workspace.Workspace:
    """A workspace with the repository's own notebooks over `source`."""
    shutil.copytree(REPOSITORY / "notebooks", folder / "notebooks")
    tables = [f'[programs.p]\nsource = "{source}"\n']
    tables += [
        f'[reports.{name}]\ntitle = "{name}"\nnotebook = "{name}.ipynb"\n'
        f'parameters = {{ program = "p" }}\n'
        for name in REPORTS
    ]
    (folder / "tpm.toml").write_text("\n".join(tables), encoding="utf-8")
    return workspace.read(folder)
