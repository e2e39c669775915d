"""Warm kernels are kernels like any other: they start fresh, say how they end, leave nothing."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import papermill
import pytest
from ipykernel.control import ControlThread
from jupyter_client.kernelspec import KernelSpecManager
from papermill.exceptions import PapermillExecutionError

from tests.reports.workspaces import code, notebook
from tpm_analytics import head_start
from tpm_analytics.reports.kernels import fork_server, kernels, warm

pytestmark = pytest.mark.skipif(
    not head_start.can_fork(), reason="kernels are forked on Linux only"
)

GONE_SECONDS = 20


def alive(process):
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def gone(process):
    deadline = time.monotonic() + GONE_SECONDS
    while alive(process) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not alive(process)


def execute(folder, *cells, **options):
    """Run cells by plain papermill with our engine; returns what each printed."""
    made = notebook(*[code(cell) for cell in cells])
    nbformat.write(made, folder / "in.ipynb")
    done = papermill.execute_notebook(
        str(folder / "in.ipynb"),
        str(folder / "out.ipynb"),
        engine_name=kernels.ENGINE,
        progress_bar=False,
        **options,
    )
    return ["".join(o.get("text", "") for o in cell.outputs).strip() for cell in done.cells]


@pytest.fixture(scope="module")
def manager():
    """Start kernels, and end them after the test."""
    loop = asyncio.new_event_loop()
    started = []

    class Starter:
        def __call__(self, **environment):
            made = kernels._Manager(kernel_name="python3")
            loop.run_until_complete(made.start_kernel(cwd="/", env={**os.environ, **environment}))
            started.append(made)
            return made

        def wait(self, what):
            return loop.run_until_complete(what)

        def run(self, made, source):
            """Run `source` in the kernel and return what it printed."""

            async def ran():
                client = made.client()
                client.start_channels()
                try:
                    await client.wait_for_ready(timeout=60)
                    printed = []

                    def hear(message):
                        printed.append(message["content"].get("text", ""))

                    await client.execute_interactive(source, timeout=60, output_hook=hear)
                    return "".join(printed).strip()
                finally:
                    client.stop_channels()

            return loop.run_until_complete(ran())

    yield Starter()
    for made in started:
        loop.run_until_complete(made.shutdown_kernel(now=True))
    loop.close()


def test_plain_papermill_runs_on_a_warm_kernel_by_the_engines_name(tmp_path):
    body = "import os, sys\nprint('pandas' in sys.modules, os.getpid() == os.getsid(0))"
    assert execute(tmp_path, body) == ["True True"]


def test_a_run_leaves_no_cells_in_the_history_of_ipython(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    asked = "print(_, In[1], sep='\\n')\nget_ipython().run_line_magic('history', '1')"
    assert execute(tmp_path, "40 + 2", asked)[1] == "42\n40 + 2\n40 + 2"
    assert not list((tmp_path / "ipython").rglob("history.sqlite*"))


def test_papermill_finds_the_engine_and_jupyter_the_provisioner():
    from importlib.metadata import entry_points

    (engine,) = entry_points(group="papermill.engine", name="tpm")
    (provisioner,) = entry_points(group="jupyter_client.kernel_provisioners", name="tpm-warm")
    assert engine.load() is kernels.WarmEngine
    assert provisioner.load() is warm.WarmProvisioner


def test_papermill_may_be_imported_first():
    listed = "import papermill; print(*papermill.engines.papermill_engines._engines)"
    ran = subprocess.run([sys.executable, "-c", listed], stdout=subprocess.PIPE, check=True)
    assert kernels.ENGINE in ran.stdout.decode().split()


def test_an_error_in_plain_papermill_is_papermills_own(tmp_path):
    with pytest.raises(PapermillExecutionError, match="ZeroDivisionError"):
        execute(tmp_path, "1 / 0")


def test_a_dead_kernel_and_a_long_cell_fail_plain_papermill_too(tmp_path):
    with pytest.raises(PapermillExecutionError, match="kernel died"):
        execute(tmp_path, "import os\nos._exit(3)")
    with pytest.raises(PapermillExecutionError, match="longer than the 1 second"):
        execute(tmp_path, "while True: pass", execution_timeout=1)


def test_charts_get_their_pictures_outside_the_kernel(tmp_path):
    source = (
        "import pandas as pd, altair as alt, tpm_analytics as tpm\n"
        "alt.Chart(pd.DataFrame({'x': [1, 2]})).mark_bar().encode(x='x:Q')"
    )
    execute(tmp_path, source)
    (cell,) = nbformat.read(tmp_path / "out.ipynb", 4).cells
    (shown,) = cell.outputs
    assert set(shown.data) == {"application/vnd.vegalite.v5+json", "image/svg+xml", "text/plain"}
    nbformat.validate(nbformat.read(tmp_path / "out.ipynb", 4))


def test_nobody_else_can_open_a_kernels_line(manager):
    made = manager()
    assert made.transport == "ipc"
    folder = Path(made.ip).parent
    assert folder.stat().st_mode & 0o077 == 0
    assert Path(made.connection_file).parent == folder
    manager.wait(made.shutdown_kernel(now=True))
    assert not folder.exists()


def test_a_kernel_says_how_it_ended(manager):
    made = manager()
    assert manager.wait(made.is_alive())
    os.kill(made.provisioner.pid, signal.SIGTERM)
    assert manager.wait(made.provisioner.wait()) == -signal.SIGTERM
    assert not manager.wait(made.is_alive())


def test_the_end_of_a_kernel_is_that_of_any_python(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    execute(
        tmp_path,
        "import atexit, threading, time\n"
        "kept = open('kept.txt', 'w')\n"
        "print('never closed', file=kept)\n"
        "left = open('left.txt', 'w')\n"
        "atexit.register(left.write, 'at the end')\n"
        "def late():\n"
        "    time.sleep(0.5)\n"
        "    open('late.txt', 'w').write('by a thread')\n"
        "threading.Thread(target=late).start()",
    )
    told = [(tmp_path / name).read_text() for name in ("kept.txt", "left.txt", "late.txt")]
    assert told == ["never closed\n", "at the end", "by a thread"]


def test_a_kernel_says_that_it_ends_before_its_line_out_is_cut():
    said = []
    control = ControlThread(daemon=True)
    control.io_loop.add_callback(lambda: (time.sleep(0.3), said.append("it ends")))
    control.start()
    fork_server._answer(control)
    assert said == ["it ends"]
    assert not control.is_alive()
    fork_server._answer(control)  # nothing is left to wait for


def test_a_kernel_can_be_interrupted_and_started_again(manager):
    made = manager()
    first = made.provisioner.pid
    manager.run(made, "1")
    manager.wait(made.interrupt_kernel())
    manager.wait(made.restart_kernel(now=True))
    assert made.provisioner.pid != first
    assert manager.run(made, "print(6 * 7)") == "42"


HIDING = """
import os, subprocess
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
first = os.fork()
if not first:
    os.setsid()
    if os.fork():
        os._exit(0)
    import time; time.sleep(600)
print(child.pid)
"""


@pytest.mark.parametrize("end", ["shutdown", "kill", "lost"])
def test_what_a_kernel_started_ends_with_it_however_it_hides(manager, end):
    made = manager()
    started = int(manager.run(made, HIDING).splitlines()[0])
    assert alive(started)
    below = descendants(parent(made.provisioner.pid))
    assert started in below
    if end == "lost":
        made.provisioner._hang_up()
    elif end == "kill":
        os.kill(made.provisioner.pid, signal.SIGKILL)
    else:
        manager.wait(made.shutdown_kernel())
    assert all(gone(process) for process in below)


def parent(process):
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def descendants(process):
    found = []
    for listed in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, listed.read_text().split()):
            found += [child, *descendants(child)]
    return found


DYING = """
import asyncio, os, sys
import papermill.execute
from tpm_analytics.reports.kernels import kernels
made = kernels._Manager(kernel_name="python3")
asyncio.run(made.start_kernel(cwd="/", env=dict(os.environ)))
from tpm_analytics import head_start
server = head_start._own[0]
print(made.provisioner.pid, server.process.pid, server.folder, flush=True)
os.kill(os.getpid(), 9)
"""


def test_kernels_and_their_server_end_with_a_killed_run():
    ran = subprocess.run(
        [sys.executable, "-c", DYING], stdout=subprocess.PIPE, text=True, check=False
    )
    kernel, server, folder = ran.stdout.split()
    assert gone(int(kernel))
    assert gone(int(server))
    deadline = time.monotonic() + GONE_SECONDS
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(folder).exists()


def test_a_killed_server_takes_its_kernels_along_and_another_takes_its_place(manager):
    made = manager()
    child = int(manager.run(made, "import subprocess\nprint(subprocess.Popen(['sleep', '9']).pid)"))
    server = next(one for one in head_start._own if one.suits(os.environ))
    server.process.kill()
    server.process.wait()
    assert gone(made.provisioner.pid)
    assert gone(child)
    assert manager.run(manager(), "print('again')") == "again"


@pytest.mark.parametrize(
    "command",
    [
        ["julia", "-f", "x.json"],
        [sys.executable, "-m", "some_other_kernel", "-f", "x.json"],
        ["/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "x.json"],
    ],
)
def test_what_is_no_python_kernel_of_this_environment_is_not_forked(command):
    assert warm._arguments(command) is None


def test_variables_that_are_read_when_python_starts_get_a_server_of_their_own(manager):
    made = manager(PYTHONOPTIMIZE="1", OPENBLAS_NUM_THREADS="1")
    source = "import sys, os; print(sys.flags.optimize, os.environ['OPENBLAS_NUM_THREADS'])"
    assert manager.run(made, source) == "1 1"


def test_code_that_has_changed_gets_a_server_of_its_own(manager, monkeypatch):
    manager()
    before = next(one for one in head_start._own if one.suits(os.environ))
    monkeypatch.setattr(head_start, "_stamp", lambda: (0, 0.0))
    assert not before.suits(os.environ)


@pytest.mark.parametrize("reason", ["no fork", "no server"])
def test_where_kernels_cannot_be_forked_they_are_started(manager, monkeypatch, reason):
    if reason == "no fork":
        monkeypatch.setattr(head_start, "can_fork", lambda: False)
    else:
        monkeypatch.setattr(head_start, "address", lambda _: Path("/nonexistent/fork"))
    made = manager()
    assert made.provisioner.kernel is None
    assert manager.run(made, "print(6 * 7)") == "42"
    process = made.provisioner.pid
    manager.wait(made.shutdown_kernel())
    assert gone(process)


def test_no_thread_runs_in_the_server_but_those_that_stop_at_a_fork():
    source = (
        "import os, sys\n"
        "from tpm_analytics import head_start\n"
        "from tpm_analytics.reports.kernels import fork_server\n"
        "import threading\n"
        "fork_server.preload(head_start.PRELOADED)\n"
        "print(threading.active_count(), len(os.listdir('/proc/self/task')))"
    )
    environment = {**os.environ, **head_start._NO_THREADS, "OPENBLAS_NUM_THREADS": "1"}
    ran = subprocess.run(
        [sys.executable, "-c", source], env=environment, stdout=subprocess.PIPE, check=True
    )
    assert ran.stdout.split() == [b"1", b"1"]


def test_the_server_does_not_import_dask_and_its_kernels_still_can():
    pytest.importorskip("dask.dataframe", reason="the extra dask is not installed")
    source = (
        "import sys\n"
        "import tpm_analytics.preload\n"
        "print('dask.dataframe' in sys.modules)\n"
        "from pandera.typing import dask, get_index_types\n"
        "print(dask.Index in get_index_types())"
    )
    ran = subprocess.run([sys.executable, "-c", source], stdout=subprocess.PIPE, check=True)
    assert ran.stdout.split() == [b"False", b"True"]


def test_a_kernel_specification_can_ask_for_warm_kernels(tmp_path, monkeypatch, manager):
    specification = tmp_path / "kernels" / "warm"
    specification.mkdir(parents=True)
    (specification / "kernel.json").write_text(
        '{"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],'
        ' "display_name": "warm", "language": "python",'
        ' "metadata": {"kernel_provisioner": {"provisioner_name": "tpm-warm"}}}'
    )
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))
    assert "warm" in KernelSpecManager().find_kernel_specs()
    from jupyter_client.manager import AsyncKernelManager

    made = AsyncKernelManager(kernel_name="warm")
    manager.wait(made.start_kernel(cwd="/", env=dict(os.environ)))
    try:
        assert made.provisioner.kernel is not None
        assert manager.run(made, "import sys; print('pandas' in sys.modules)") == "True"
    finally:
        manager.wait(made.shutdown_kernel(now=True))


# The kernel's thread that tells what is shown is busy for longer than nbclient would wait for it
SHOWS_LATE = """
import sys, time
sys.stdout.flush_timeout = sys.stderr.flush_timeout = 0
get_ipython().kernel.iopub_thread.schedule(lambda: time.sleep(5))
display("shown late")
"""


def test_what_a_cell_shows_may_come_long_after_its_end(tmp_path):
    execute(tmp_path, SHOWS_LATE)
    (cell,) = nbformat.read(tmp_path / "out.ipynb", 4).cells
    assert [shown.data for shown in cell.outputs] == [{"text/plain": "'shown late'"}]


def test_what_never_comes_is_not_told_to_be_a_long_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(kernels, "LATE_OUTPUT_SECONDS", 1)
    with pytest.raises(PapermillExecutionError, match="not all that it shows had come"):
        execute(tmp_path, SHOWS_LATE)


def test_a_kernel_is_looked_for_where_jupyter_does():
    ours = kernels._Manager(kernel_name="python3")
    assert ours.kernel_spec_manager.kernel_dirs == KernelSpecManager().kernel_dirs
