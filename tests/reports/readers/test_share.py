"""A run reaches its readers, each delivery on its own, and a secret stops it at the door."""

import base64
import http.server
import json
import threading

import nbformat
import pytest

from tests.reports.workspaces import RECORD, code, make, report
from tests.test_cli import tpm
from tpm_analytics import reports
from tpm_analytics.errors import WorkspaceError
from tpm_analytics.reports import publish
from tpm_analytics.reports.catalogue import definitions
from tpm_analytics.reports.ledger import ledger
from tpm_analytics.reports.readers import share

VALUE = "correct-horse-battery"


def toml(**options):
    lines = [f"{name} = {json.dumps(value)}" for name, value in options.items()]
    return "\n".join(["[reports.velocity]", *lines])


def run(space, **options):
    (done,) = reports.run_all(space, ["velocity"], **options)
    return done


def everything(folder):
    """All that lies in a folder, as one text."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in found)


@pytest.fixture
def hook():
    """A server that accepts after `busy` refusals, and keeps the messages."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            busy = len(server.got) < server.busy
            server.got.append(json.loads(body))
            self.send_response(503 if busy else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.busy = [], 2
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    server.address = f"http://127.0.0.1:{server.server_port}/T0/{VALUE}"
    yield server
    server.shutdown()
    server.server_close()


def test_one_delivery_that_fails_stops_no_other_and_is_made_up_for(tmp_path, hook, monkeypatch):
    monkeypatch.setattr(share.retry.time, "sleep", lambda _: None)
    monkeypatch.setenv("TPM_SECRET_HOOK", hook.address)
    (tmp_path / "blocked").write_text("a file in the way")
    store = f"file://{tmp_path}/store"
    text = toml(publish=["folder:blocked", "chat", store])
    text += '\n[publishers.chat]\nto = "secret:HOOK"\nstyle = "slack"'
    space = make(tmp_path, {"velocity": report(code(RECORD))}, text)
    done = run(space)
    assert done.outcome == "complete"
    assert [one.to for one in done.delivered] == ["folder:blocked", "secret:HOOK", store]
    assert [bool(one.error) for one in done.delivered] == [True, False, False]
    assert [one.to for one in done.undelivered] == ["folder:blocked"]
    assert len(hook.got) == 3
    assert VALUE not in str(done.delivered)
    there = tmp_path / "store" / "velocity"
    assert {path.name for path in there.iterdir()} == {publish.PAGE, publish.NOTEBOOK}
    assert 'class="back"' not in (there / publish.PAGE).read_text()
    assert 'class="back"' in done.page.read_text()

    (tmp_path / "blocked").unlink()
    (again,) = share.deliver(definitions(space)["velocity"], space)
    assert (again.to, again.error) == ("folder:blocked", "")
    assert share.deliver(definitions(space)["velocity"], space) == ()
    assert len(hook.got) == 3


def test_the_command_prints_where_a_report_went_and_fails_where_it_did_not(tmp_path):
    (tmp_path / "blocked").write_text("a file in the way")
    text = toml(publish=["folder:blocked", "folder:out"])
    text += '\nparameters = { program = "sample:" }'
    make(tmp_path, {"velocity": report(code(RECORD))}, text)
    done = tpm("run", "--workspace", str(tmp_path), cwd=tmp_path)
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert f"delivered to folder:out: 2 files in {tmp_path / 'out' / 'velocity'}" in said
    assert "velocity: not delivered to folder:blocked:" in done.stderr
    (tmp_path / "blocked").unlink()
    again = tpm("run", "--workspace", str(tmp_path), cwd=tmp_path)
    assert again.returncode == 0
    assert "nothing changed" in again.stdout
    assert "delivered to folder:blocked" in again.stdout
    assert "folder:out" not in again.stdout


def test_a_secret_that_nothing_holds_is_told_and_the_run_stays_complete(tmp_path):
    text = toml(publish=["chat"]) + '\n[publishers.chat]\nto = "secret:ABSENT_HERE"'
    done = run(make(tmp_path, {"velocity": report()}, text))
    assert done.outcome == "complete"
    assert "TPM_SECRET_ABSENT_HERE" in done.undelivered[0].error


def test_a_publisher_of_another_package_may_raise_whatever_it_likes(tmp_path, monkeypatch):
    class Point:
        name = "pigeon"

        @staticmethod
        def load():
            def lost(_parcel, _settings):
                raise LookupError(f"lost with {VALUE}")

            return lost

    monkeypatch.setattr(share.publishers, "entry_points", lambda **_: [Point])
    monkeypatch.setenv("TPM_SECRET_DOOR", VALUE)
    done = run(make(tmp_path, {"velocity": report()}, toml(publish=["pigeon:home"])))
    assert done.outcome == "complete"
    assert done.undelivered[0].error == "LookupError: lost with [secret DOOR]"


LEAKS = {
    "printed": "import os\nprint(os.environ['TPM_SECRET_DOOR'])",
    "in Base64": "import base64, os\n"
    "print(base64.b64encode(b'user:' + os.environ['TPM_SECRET_DOOR'].encode()).decode())",
    "a letter a line": "import os\nfor letter in os.environ['TPM_SECRET_DOOR']:\n    print(letter)",
    "as a figure": "import os\ndisplay({'application/vnd.tpm.figure+json': {'name': 'x', "
    "'value': os.environ['TPM_SECRET_DOOR']}, 'text/plain': 'x'}, raw=True)",
    "in an error": "import os\nraise ValueError('cannot open ' + os.environ['TPM_SECRET_DOOR'])",
}


@pytest.mark.parametrize("name", LEAKS)
def test_a_run_that_shows_a_secret_publishes_nothing_and_keeps_nothing_of_it(
    tmp_path, monkeypatch, name
):
    monkeypatch.setenv("TPM_SECRET_DOOR", VALUE)
    space = make(tmp_path, {"velocity": report(code(LEAKS[name]))}, toml(publish=["folder:out"]))
    folder = space.output / "velocity"
    good = f"<body>{publish.BANNER_START}{publish.BANNER_END}<p>the last good one</p>"
    publish.publish(folder, page=good, notebook="{}")
    done = run(space)
    assert done.outcome == "failed"
    assert name == "in an error" or "shows the secret DOOR" in done.error.message
    assert "the last good one" in done.page.read_text()
    assert 'class="stale"' in done.page.read_text()
    assert not (tmp_path / "out").exists()
    kept = everything(space.output)
    for form in (VALUE, VALUE[:12], base64.b64encode(b"user:" + VALUE.encode()).decode()[8:20]):
        assert form not in kept
    broken = nbformat.read(done.notebook, 4)
    assert "correct" not in "".join("".join(share.guard.texts(broken)).split()).replace(
        "secretDOOR", ""
    )


def test_a_notebook_is_given_the_reference_and_never_the_value(tmp_path, monkeypatch):
    monkeypatch.setenv("TPM_SECRET_DOOR", VALUE)
    body = "from tpm_analytics import secrets\nprint(len(secrets.resolve(token)))"
    cells = report(code(body), parameters='program: str = ""\ntoken: str = ""  # door')
    text = toml() + '\nparameters = { token = "secret:DOOR" }'
    space = make(tmp_path, {"velocity": cells}, text)
    done = run(space)
    assert done.error is None
    assert str(len(VALUE)) in done.page.read_text()
    assert "secret:DOOR" in done.notebook.read_text()
    assert VALUE not in everything(space.output)


def test_the_value_of_a_secret_is_refused_as_a_parameter(tmp_path, monkeypatch):
    monkeypatch.setenv("TPM_SECRET_DOOR", VALUE)
    space = make(tmp_path, {"velocity": report()})
    done = run(space, overrides={"team": VALUE})
    assert "team holds the value of the secret DOOR" in done.error.message
    assert "secret:DOOR" in done.error.hint
    assert VALUE not in everything(space.output)
    assert ledger.entries(space.output / ledger.FILE) == []


def test_a_report_whose_folder_is_a_link_out_of_the_output_writes_nothing(tmp_path):
    space = make(tmp_path / "space", {"velocity": report()})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "page.html").write_text("precious")
    space.output.mkdir()
    (space.output / "velocity").symlink_to(elsewhere)
    done = run(space)
    assert "link to elsewhere" in done.error.message
    assert [path.name for path in elsewhere.iterdir()] == ["page.html"]
    assert (elsewhere / "page.html").read_text() == "precious"


@pytest.mark.parametrize("value", ["../../x", "/etc/passwd", "..", "a/b\\c", "\x00"])
def test_no_value_of_a_parameter_names_a_file_outside_the_reports_folder(tmp_path, value):
    space = make(tmp_path / "deep" / "space", {"velocity": report()})
    run(space, overrides={"team": value})
    outside = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(space.root) for path in outside)
    inside = {path.name for path in space.output.iterdir() if not path.name.startswith(".")}
    assert {name for name in inside if ledger.FILE not in name} == {
        "velocity",
        "index.html",
        "history.html",
    }


def test_formats_that_are_no_longer_wanted_are_taken_away(tmp_path):
    space = make(tmp_path, {"velocity": report()}, toml(formats=["email"]))
    done = run(space)
    twin = space.output / "velocity" / "email.html"
    assert "Velocity" in twin.read_text()
    twin.unlink()
    assert run(space).outcome == "complete"
    assert twin.is_file()
    space = make(tmp_path, {"velocity": report()}, toml())
    done = run(space)
    assert done.outcome == "complete"
    assert not twin.exists()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('formats = ["pfd"]', "Did you mean pdf"),
        ('formats = "pdf"', "formats"),
        ('audience = "exec"', "Did you mean executive"),
        ('hide = ["teams"]', "hide is for external readers"),
        ('audience = "external"\nhide = ["people"]', "hide has 'people'"),
        ('publish = ["chat"]', "no address and no publisher"),
        ('publish = [{ style = "slack" }]', "does not say to where"),
        ('publish = ["carrier:x"]', "Nobody publishes to carrier"),
        ('publish = ["foldr:x"]', "Did you mean folder"),
        ('publish = ["mailto:a@example.org"]', "lacks server, from"),
        ("publish = [3]", "no address and no publisher"),
    ],
)
def test_what_tpm_toml_cannot_mean_is_refused_before_anything_runs(tmp_path, written, said):
    space = make(tmp_path, {"velocity": report()}, f"[reports.velocity]\n{written}")
    with pytest.raises(WorkspaceError, match=said) as refused:
        definitions(space)
    assert "[reports.velocity]" in refused.value.message
