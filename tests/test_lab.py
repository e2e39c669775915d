"""JupyterLab on a workspace: where it starts, and that the pages' links work in it."""

import http.cookiejar
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress

import pytest
from typer.testing import CliRunner

from tests.places import REPOSITORY
from tests.reports.workspaces import make, report
from tpm_analytics import cli, servers
from tpm_analytics.reports.page import index

WAITED_SECONDS = 60
TOML = '[programs.sample]\nsource = "folder:data"\n[reports.velocity]\ntitle = "Velocity"\n'


@pytest.fixture
def space(tmp_path):
    made = make(tmp_path / "space", {"velocity": report()}, TOML)
    index.write(made)
    return made


def started(monkeypatch, space, *options):
    """The command and the settings that `tpm lab` starts JupyterLab with."""
    calls = []

    def run(command, **settings):
        calls.append((command, settings))
        return subprocess.CompletedProcess(command, 7)

    monkeypatch.setattr(servers.subprocess, "run", run)
    ended = CliRunner().invoke(cli.app, ["lab", "-w", str(space.root), *options])
    assert ended.exit_code == 7
    return calls[0]


def test_lab_opens_at_the_index_of_the_reports(monkeypatch, space):
    command, settings = started(monkeypatch, space, "--", "--no-browser")
    assert "--LabApp.default_url=/lab/tree/reports/index.html" in command
    assert command[-1] == "--no-browser"
    assert settings["env"]["TPM_WORKSPACE"] == str(space.root)


def test_lab_opens_at_its_launcher_where_nothing_has_run(monkeypatch, space):
    (space.output / index.FILE).unlink()
    command, _ = started(monkeypatch, space)
    assert not [option for option in command if "default_url" in option]


def test_notebook_jobs_keep_what_they_made_in_the_workspace(monkeypatch, space, tmp_path):
    monkeypatch.chdir(tmp_path)
    _, settings = started(monkeypatch, space)
    assert settings["cwd"] == space.root


@pytest.fixture
def served(space, tmp_path):
    """Address of a Jupyter server as `tpm lab` starts it, without Lab."""
    own = {f"JUPYTER_{kind}_DIR": str(tmp_path / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    options = [f"--ServerApp.root_dir={space.root}", "--allow-root", "--no-browser"]
    options += [f"--FileContentsManager.files_handler_class={servers.PAGE_HANDLER}"]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options += ["--ip=127.0.0.1", f"--port={port}", "--IdentityProvider.token=known"]
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyter_server", *options],
        cwd=tmp_path,
        env={**os.environ, **own, "PYTHONPATH": str(REPOSITORY)},
        stderr=subprocess.DEVNULL,
    )
    try:
        address = f"http://127.0.0.1:{port}"
        for _ in range(WAITED_SECONDS * 10):
            time.sleep(0.1)
            with suppress(OSError):
                urllib.request.urlopen(f"{address}/api").close()
                break
        yield address
    finally:
        server.terminate()
        server.wait(timeout=WAITED_SECONDS)


def visitor(served):
    """Somebody who has logged in with a browser, and so has its cookie."""
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    browser.open(f"{served}/api?token=known").close()
    browser.open(f"{served}/login?token=known").close()
    return browser


def asked(browser, address, wanted_as):
    request = urllib.request.Request(address, headers={"Sec-Fetch-Dest": wanted_as})
    try:
        with browser.open(request) as answer:
            return answer.status, answer.read().decode(), answer.headers
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.read().decode(), refused.headers


def test_links_between_pages_work_in_lab_and_nothing_else_gets_more(served):
    page = f"{served}/files/reports/index.html"
    browser = visitor(served)
    for followed in ("iframe", "document"):
        status, text, headers = asked(browser, page, followed)
        assert status == 200
        assert "Program reports" in text
        assert "sandbox allow-scripts" in headers["Content-Security-Policy"]
    for read in ("script", "empty", "image"):
        assert asked(browser, page, read)[0] == 403
    stranger = urllib.request.build_opener()
    status, text, _ = asked(stranger, page, "iframe")
    assert status == 403
    assert "press the round arrow" in text
    status, text, _ = asked(stranger, page, "document")
    assert "Program reports" not in text
