"""No report sees what another did: what one changes in its kernel, the next finds as it was."""

import json

import pytest

from tests.reports.workspaces import code, make, report
from tpm_analytics import head_start, reports

pytestmark = pytest.mark.skipif(
    not head_start.can_fork(), reason="kernels are forked on Linux only"
)

LOOK = """
import json, locale, os, pathlib, random, signal, socket, sys, threading, time, uuid, warnings
import altair as alt, numpy as np, pandas as pd, tpm_analytics as tpm
seen = {
    "width": pd.get_option("display.width"),
    "theme": alt.theme.active,
    "renderer": alt.renderers.active,
    "rows": alt.data_transformers.active,
    "variable": os.environ.get("LEFT_BEHIND"),
    "zone": time.strftime("%Z", time.gmtime(0)) + time.tzname[0],
    "path": [place for place in sys.path if "left-behind" in place],
    "folder": os.getcwd(),
    "mask": oct(os.umask(0o022)),
    "patched": [pd.DataFrame.mean(pd.DataFrame({"a": [1, 3]}))["a"], socket.socket.__name__],
    "module": "left_behind" in sys.modules,
    "attribute": hasattr(tpm, "left_behind"),
    "threads": [thread.name for thread in threading.enumerate() if thread.name == "left behind"],
    "filters": [str(one) for one in warnings.filters if "left behind" in str(one)],
    "signal": str(signal.getsignal(signal.SIGUSR1)),
    "names": [name for name in globals() if name.startswith("left_behind")],
    "recursion": sys.getrecursionlimit(),
    "locale": locale.setlocale(locale.LC_ALL),
    "items": len(tpm.load("sample").items),
    "title": str(tpm.load("sample").items["title"].iloc[0]),
}
chance = [random.random(), float(np.random.rand()), str(uuid.uuid4()), os.urandom(4).hex()]
tpm.record("seen", json.dumps(seen))
tpm.record("chance", json.dumps(chance))
random.seed(7), np.random.seed(7)
tpm.record("seeded", random.random() + float(np.random.rand()))
"""
MESS = """
import json, os, random, signal, socket, sys, threading, time, types, warnings
import altair as alt, numpy as np, pandas as pd, tpm_analytics as tpm
left_behind = tpm.left_behind = 1
pd.set_option("display.width", 7)
alt.theme.enable("dark")
alt.renderers.enable("html")
alt.data_transformers.enable("json")
os.environ["LEFT_BEHIND"] = "yes"
os.environ["TZ"] = "Asia/Tokyo"; time.tzset()
sys.path.insert(0, "/left-behind")
os.chdir("/")
os.umask(0o077)
pd.DataFrame.mean = lambda self: {"a": -1}
socket.socket = type("Broken", (), {})
sys.modules["left_behind"] = types.ModuleType("left_behind")
warnings.filterwarnings("ignore", message="left behind")
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
sys.setrecursionlimit(5000)
random.seed(1); np.random.seed(1)
program = tpm.load("sample")
program.items.loc[:, "title"] = "left behind"
program.items.drop(program.items.index, inplace=True)
threading.Thread(target=time.sleep, args=(600,), name="left behind", daemon=True).start()
"""
TOML = """
[programs.sample]
source = "folder:data"
[reports.first]
[reports.mess]
[reports.second]
[reports.cold]
"""


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What a report saw before and after one that left a mess, and in a kernel started cold."""
    root = tmp_path_factory.mktemp("space")
    looking = report(code(LOOK))
    notebooks = {"first": looking, "mess": report(code(MESS)), "second": looking, "cold": looking}
    space = make(root, notebooks, TOML)
    (root / "data").mkdir()
    (root / "data" / "items.csv").write_text(
        "item_id,title,created_at\nA-1,One,2025-03-03T09:00Z\nA-2,Two,2025-03-04T09:00Z\n"
    )
    done = {}
    with pytest.MonkeyPatch.context() as patch:
        from tests.places import REPOSITORY

        patch.setenv("PYTHONPATH", str(REPOSITORY))
        for run in reports.run_all(space, ["first", "mess", "second"]):
            assert run.error is None, run.error
            done[run.report] = {figure.name: figure.value for figure in run.figures}
        patch.setattr(head_start, "can_fork", lambda: False)
        (run,) = reports.run_all(space, ["cold"])
        assert run.error is None, run.error
        done["cold"] = {figure.name: figure.value for figure in run.figures}
    return done


def test_a_report_after_a_messy_one_sees_what_it_would_have_seen_before(seen):
    assert json.loads(seen["second"]["seen"]) == json.loads(seen["first"]["seen"])


def test_a_warm_kernel_looks_like_a_cold_one(seen):
    assert json.loads(seen["first"]["seen"]) == json.loads(seen["cold"]["seen"])


def test_the_look_is_worth_something(seen):
    looked = json.loads(seen["first"]["seen"])
    assert (looked["theme"], looked["renderer"], looked["items"]) == ("tpm", "tpm", 2)
    assert (looked["patched"], looked["title"]) == ([2.0, "socket"], "One")


def test_two_kernels_draw_different_numbers_unless_they_are_seeded(seen):
    first, second = (json.loads(seen[name]["chance"]) for name in ("first", "second"))
    assert all(one != other for one, other in zip(first, second, strict=True))
    assert seen["first"]["seeded"] == seen["second"]["seeded"] == seen["cold"]["seeded"]


ALTAIR_ONLY = """
import altair as alt, sys
print(alt.theme.active, alt.renderers.active, "tpm_analytics" in sys.modules)
import tpm_analytics, tpm_analytics.errors
print(alt.theme.active, alt.renderers.active, tpm_analytics.errors.TpmError.__name__)
from tpm_analytics.charts import flow
print(flow is tpm_analytics.charts.flow, tpm_analytics.__spec__.name, tpm_analytics.__file__)
"""


def test_our_theme_is_used_only_by_notebooks_that_import_us(tmp_path):
    from tests.reports.kernels.test_warm import execute

    (said,) = execute(tmp_path, ALTAIR_ONLY)
    before, after, module = said.splitlines()
    assert before == "default default False"
    assert after == "tpm tpm TpmError"
    assert module.startswith("True tpm_analytics ")
    assert module.endswith("tpm_analytics/__init__.py")
