"""The command imports little: what draws and executes is left to workers and kernels."""

import json
import subprocess
import sys

import pytest

from tests.reports import quick
from tpm_analytics import reports

# What takes long to import, and only those need who execute, compare or draw
HEAVY = ("nbconvert", "pandas", "pandera", "papermill", "pyarrow", "vl_convert")
SCHEDULED = quick.TOML + 'every = "mon 07:00"\n'
WATCHED = f"""
import json, sys, traceback
brought, work = {{}}, sys.argv.pop(1)
class Watch:
    def find_spec(name, path=None, target=None):
        if name in {HEAVY}:
            stack = [frame.filename for frame in traceback.extract_stack()]
            brought[name] = [file for file in stack if "tpm_analytics" in file][-1]
sys.meta_path.insert(0, Watch)
try:
    exec(work)
finally:
    print(json.dumps(brought))
"""


def brought_in(work, *arguments):
    """The heavy modules that `work` imports in a process of its own, each with who did."""
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, work, *arguments],
        check=True,
        capture_output=True,
        text=True,
    )
    *said, brought = done.stdout.splitlines()
    return "\n".join(said), json.loads(brought)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("run",), "reused"),
        (("run", "--due"), "nothing is due"),
        (("run", "--due", "--workers", "1"), "nothing is due"),
        (("schedule", "show"), "mon 07:00"),
    ],
)
def test_a_command_that_makes_no_page_imports_nothing_that_takes_long(
    tmp_path, monkeypatch, arguments, says
):
    quick.without_kernel(monkeypatch)
    space = quick.space_with(tmp_path, SCHEDULED)
    assert [done.outcome for done in reports.run_all(space)] == ["complete"]
    work = "import tpm_analytics.cli; tpm_analytics.cli.main()"
    said, brought = brought_in(work, *arguments, "--workspace", str(space.root))
    assert says in said
    assert brought == {}


def test_what_a_command_leaves_out_the_server_of_its_workers_has_imported():
    work = (
        "import importlib; from tpm_analytics import head_start; "
        "list(map(importlib.import_module, head_start._WORKERS_PRELOADED))"
    )
    _, brought = brought_in(work)
    assert set(brought) >= {"pandas", "papermill", "vl_convert"}
