"""Publishers deliver to real servers on this machine, try again what may pass, and never leak."""

import base64
import email
import email.policy
import http.server
import json
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from random import Random

import fsspec
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tpm_analytics.errors import ReportError, WorkspaceError
from tpm_analytics.reports import publishers
from tpm_analytics.reports.publishers import retry, webhook
from tpm_analytics.reports.publishers.email import written
from tpm_analytics.reports.publishers.parcel import Parcel, TransientError
from tpm_analytics.reports.words import Shown

HOSTILE = "Velocity <b>\r\nBcc: all@example.org\r\n\r\n[x](javascript:alert(1)) &amp; *b*"
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n and so on").decode()
FILES = {"page.html": b"<p>page</p>", "notebook.ipynb": b"{}", "page.pdf": b"%PDF-1.4"}


def parcel(to, **changes):
    made = {
        "to": to,
        "report": "velocity",
        "title": "Velocity",
        "question": "How fast are we?",
        "subject_of": "sample as of 30 June 2025",
        "figures": (
            Shown(label="Commitment kept", text="83 %", unit=""),
            Shown(label="Done in a sprint", text="41", unit="points"),
        ),
        "files": FILES,
        "twin": f'<p>twin</p><!--tpm:link--><img src="data:image/png;base64,{PIXEL}" alt="chart">',
    }
    return Parcel(**{**made, **changes})


def publish(to, settings=None, **changes):
    return publishers.publisher(to)(parcel(to, **changes), settings or {})


# Folder


def test_a_folder_gets_every_file_and_nothing_half_written(tmp_path):
    said = publish("folder:out", {"root": str(tmp_path)})
    there = tmp_path / "out" / "velocity"
    assert {path.name: path.read_bytes() for path in there.iterdir()} == FILES
    assert said == f"3 files in {there}"
    publish("folder:out", {"root": str(tmp_path)}, files={"page.html": b"new"})
    assert (there / "page.html").read_bytes() == b"new"


def test_a_folder_that_is_a_link_to_elsewhere_is_not_written_through(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "velocity").symlink_to(elsewhere)
    with pytest.raises(ReportError, match="link to elsewhere"):
        publish("folder:out", {"root": str(tmp_path)})
    assert list(elsewhere.iterdir()) == []


def test_a_file_that_is_a_link_is_replaced_and_not_followed(tmp_path):
    (tmp_path / "mine").write_text("precious")
    there = tmp_path / "out" / "velocity"
    there.mkdir(parents=True)
    (there / "page.html").symlink_to(tmp_path / "mine")
    publish("folder:out", {"root": str(tmp_path)})
    assert (tmp_path / "mine").read_text() == "precious"
    assert (there / "page.html").read_bytes() == FILES["page.html"]


def test_a_folder_that_is_a_file_is_refused_at_once(tmp_path):
    (tmp_path / "out").write_text("a file")
    with pytest.raises(ReportError, match="cannot be written"):
        publish("folder:out", {"root": str(tmp_path)})


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/b", "", ".", "-x", "x\n", "Ä"])
def test_no_name_of_a_report_climbs_out_of_a_folder(name):
    with pytest.raises(WorkspaceError, match="no name for a report"):
        parcel("folder:out", report=name)


@pytest.mark.parametrize("name", ["../page.html", "/page.html", "x/page.html", "index.html"])
def test_no_file_but_those_of_a_report_is_delivered(name):
    with pytest.raises(WorkspaceError, match="no file of a report"):
        parcel("folder:out", files={name: b""})


# Any fsspec address


def test_a_file_store_gets_every_file(tmp_path):
    for address in ("memory://bucket/reports", f"file://{tmp_path}/reports"):
        said = publish(address)
        store, base = fsspec.core.url_to_fs(f"{address}/velocity")
        names = {path.rpartition("/")[2]: store.cat_file(path) for path in store.ls(base, False)}
        assert names == FILES
        assert said.startswith("3 files in ")


def test_a_store_whose_package_is_absent_names_it():
    with pytest.raises(ReportError, match="one more package"):
        publish("s3://bucket/reports")


def test_an_unknown_protocol_is_refused():
    with pytest.raises(ReportError, match="refused"):
        publish("gopher9://bucket/reports")


def test_without_fsspec_the_line_that_installs_it_is_told(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    with pytest.raises(ReportError) as refused:
        publish("s3://bucket/reports")
    assert "pip install 'tpm-analytics[share]'" in refused.value.hint


def test_a_failure_of_a_store_leaves_no_temporary_file_and_may_be_tried_again(
    tmp_path, monkeypatch
):
    local = fsspec.filesystem("file")
    monkeypatch.setattr(
        type(local), "mv", lambda *_, **__: (_ for _ in ()).throw(OSError("gone away"))
    )
    with pytest.raises(TransientError, match="gone away"):
        publish(f"file://{tmp_path}/reports")
    assert list((tmp_path / "reports" / "velocity").iterdir()) == []


# E-mail


class Postbox:
    """What a mail server was given; it turns away the first `busy` mails for now."""

    def __init__(self, busy=0, refuse=""):
        self.busy, self.refuse, self.mails = busy, refuse, []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        """Take a recipient."""
        if address == self.refuse:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        """Take a mail."""
        if self.busy:
            self.busy -= 1
            return "451 come back later"
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 OK"


@pytest.fixture
def mailbox():
    """Start mail servers; each is stopped at the end."""
    running = []

    def start(postbox, **options):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        controller = Controller(postbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return {"server": "127.0.0.1", "port": port, "from": "TPM <tpm@example.org>", "tls": "none"}

    yield start
    for controller in running:
        controller.stop()


def read(content):
    return email.message_from_bytes(content, policy=email.policy.default)


def test_a_mail_shows_the_twin_with_its_pictures_and_carries_the_page(mailbox):
    postbox = Postbox()
    settings = mailbox(postbox) | {"link": "https://reports.example.org/"}
    said = publish("mailto:ann@example.org,bob@example.org", settings)
    ((people, content),) = postbox.mails
    mail = read(content)
    assert said == "mail to ann@example.org, bob@example.org"
    assert people == ["ann@example.org", "bob@example.org"]
    assert (mail["Subject"], mail["From"]) == (
        "Velocity – sample as of 30 June 2025",
        "TPM <tpm@example.org>",
    )
    related = mail.get_body(("related",))
    html, picture = related.iter_parts()
    assert html.get_content_type() == "text/html"
    assert f'src="cid:{picture["Content-ID"][1:-1]}"' in html.get_content()
    assert "data:" not in html.get_content()
    assert 'href="https://reports.example.org/velocity/page.html"' in html.get_content()
    assert picture.get_content() == base64.b64decode(PIXEL)
    words = mail.get_body(("plain",)).get_content()
    assert "Commitment kept: 83 %" in words
    assert "https://reports.example.org/velocity/page.html" in words
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (
        "velocity-page.html",
        "<p>page</p>",
    )


def test_without_a_link_the_mail_says_that_the_page_is_attached():
    def html(**settings):
        settings = {"server": "x", "from": "tpm@example.org", **settings}
        mail = written(parcel("mailto:ann@example.org"), settings)
        return mail.get_body(("html",)).get_content()

    assert "is attached" in html()
    assert "is attached" not in html(attach=[])


def test_no_text_of_data_becomes_a_header():
    settings = {"server": "x", "from": "tpm@example.org", "subject": HOSTILE}
    mail = read(written(parcel("mailto:ann@example.org", title=HOSTILE), settings).as_bytes())
    assert mail["Bcc"] is None
    assert mail["To"] == "ann@example.org"
    assert "\n" not in mail["Subject"]


@pytest.mark.parametrize(
    "to", ["mailto:", "mailto:ann", "mailto:a@b@c", "mailto:a@x.org%0d%0aBcc: b@x.org", "mailto:,"]
)
def test_an_address_that_is_none_is_refused(to):
    with pytest.raises(ReportError, match="no mail address"):
        publishers.check(to, {"server": "x", "from": "tpm@example.org"})


def test_a_mail_is_tried_again_under_the_same_name(mailbox):
    postbox = Postbox(busy=2)
    settings = mailbox(postbox)
    waits = []
    to = "mailto:ann@example.org"
    retry.retried(lambda: publish(to, settings), chance=Random(7), sleep=waits.append)
    assert len(postbox.mails) == 1
    assert len(waits) == 2
    key = written(parcel(to), settings)["Message-ID"]
    assert read(postbox.mails[0][1])["Message-ID"] == key


def test_a_mailbox_that_is_not_there_is_told_at_once(mailbox):
    settings = mailbox(Postbox(refuse="bob@example.org"))
    with pytest.raises(ReportError, match="550 no such mailbox"):
        publish("mailto:bob@example.org", settings)
    with pytest.raises(ReportError, match=r"refused bob@example.org"):
        publish("mailto:ann@example.org,bob@example.org", settings)


def test_a_server_without_encryption_is_refused_unless_it_is_asked_for(mailbox):
    settings = mailbox(Postbox()) | {"tls": "starttls"}
    with pytest.raises(ReportError, match="did not let us in"):
        publish("mailto:ann@example.org", settings)


def test_a_server_that_is_away_may_come_back():
    settings = {"server": "127.0.0.1", "port": 9, "from": "tpm@example.org", "tls": "none"}
    with pytest.raises(TransientError, match="does not answer"):
        publish("mailto:ann@example.org", settings)


@pytest.fixture
def certificate(tmp_path):
    """A certificate of this machine, made for this test."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed")
    key, made = tmp_path / "key.pem", tmp_path / "certificate.pem"
    name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    asked = [*("-newkey", "rsa:2048", "-nodes", "-days", "2"), *name]
    subprocess.run(
        [openssl, "req", "-x509", *asked, "-keyout", str(key), "-out", str(made)],
        check=True,
        capture_output=True,
    )
    return made, key


def test_a_password_is_taken_from_its_reference_and_sent_encrypted_only(
    mailbox, certificate, monkeypatch
):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    seen = []

    def lets_in(_server, _session, _envelope, _mechanism, data):
        seen.append((data.login, data.password))
        return AuthResult(success=data.password == b"open sesame", handled=False)

    postbox = Postbox()
    settings = mailbox(
        postbox, tls_context=context, require_starttls=True, authenticator=lets_in
    ) | {"tls": "starttls", "user": "tpm", "password": "secret:MAIL"}
    monkeypatch.setenv("TPM_SECRET_MAIL", "open sesame")
    with pytest.raises(ReportError, match="cannot be trusted"):
        publish("mailto:ann@example.org", settings)
    assert seen == []
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    publish("mailto:ann@example.org", settings)
    assert seen == [(b"tpm", b"open sesame")]
    assert len(postbox.mails) == 1
    monkeypatch.setenv("TPM_SECRET_MAIL", "wrong one")
    with pytest.raises(ReportError, match="did not let us in") as refused:
        publish("mailto:ann@example.org", settings)
    assert "wrong one" not in str(refused.value)


# Webhook


@pytest.fixture
def hook():
    """A server that answers as told and keeps what it was sent."""
    servers = []

    def start(*answers):
        waiting = list(answers)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                server.got.append((self.path, json.loads(body)))
                code, headers = waiting.pop(0) if waiting else (200, {})
                self.send_response(code)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                server.got.append((self.path, "GET"))
                self.send_error(404)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.got = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return server, f"http://127.0.0.1:{server.server_port}/services/T0/K3Y"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_hook_that_fails_twice_and_then_accepts_gets_the_message(hook):
    server, address = hook((503, {}), (429, {"Retry-After": "40"}), (200, {}))
    waits = []
    said = retry.retried(
        lambda: publish(address, {"style": "slack", "link": "https://r.example.org"}),
        chance=Random(7),
        sleep=waits.append,
    )
    assert [path for path, _ in server.got] == ["/services/T0/K3Y"] * 3
    assert server.got[0][1] == server.got[2][1]
    assert 1 <= waits[0] <= 2
    assert waits[1] == 40
    assert said == "slack message to http://127.0.0.1 (200)"
    kinds = [block["type"] for block in server.got[2][1]["blocks"]]
    assert kinds == ["header", "section", "section", "context", "actions"]


def test_a_hook_that_refuses_for_good_is_asked_once_and_its_key_is_not_told(hook):
    server, address = hook((404, {}))
    with pytest.raises(ReportError, match="answers 404") as refused:
        retry.retried(lambda: publish(address, {"style": "teams"}), chance=Random(7))
    assert len(server.got) == 1
    assert "K3Y" not in str(refused.value)


def test_a_message_is_not_sent_on_to_another_address(hook):
    other, elsewhere = hook()
    _, address = hook((302, {"Location": elsewhere}))
    with pytest.raises(ReportError, match="answers 302"):
        publish(address, {"style": "plain"})
    assert other.got == []


def test_a_hook_that_is_away_may_come_back():
    with pytest.raises(TransientError, match="does not answer"):
        publish("http://127.0.0.1:9/x", {"style": "plain"})


def test_slack_reads_no_data_as_markup():
    message = webhook.slack(parcel("https://x", title=HOSTILE), "https://r.example.org")
    texts = []

    def walk(part):
        if isinstance(part, dict):
            if "text" in part and isinstance(part["text"], str) and "type" in part:
                texts.append(part["type"])
            for value in part.values():
                walk(value)
        elif isinstance(part, list):
            for value in part:
                walk(value)

    walk(message)
    assert set(texts) == {"plain_text"}
    assert "<" not in message["text"]
    long = webhook.slack(parcel("https://x", title="x" * 900), "")
    assert len(long["blocks"][0]["text"]["text"]) == 150
    assert long["blocks"][-1]["type"] == "context"


def test_a_teams_card_holds_figures_and_link_and_no_live_markup():
    message = webhook.teams(parcel("https://x", title=HOSTILE), "https://r.example.org/x")
    (attachment,) = message["attachments"]
    card = attachment["content"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert "[x](" not in card["body"][0]["text"]
    assert card["body"][2]["facts"][1] == {"title": "Done in a sprint", "value": "41 points"}
    assert card["actions"][0]["url"] == "https://r.example.org/x"


# Which publisher, which settings


@pytest.mark.parametrize(
    ("to", "settings", "said"),
    [
        ("carrier-pigeon:home", {}, "Nobody publishes"),
        ("folder:out", {"style": "slack"}, "does not read style"),
        ("https://hooks.slack.com/x", {"style": "slak"}, "is 'slak', which is none"),
        ("https://x.example.org/hook", {}, "cannot be told"),
        ("https://hooks.slack.com/x", {"style": 3}, "is no str"),
        ("mailto:a@x.org", {}, "lacks server, from"),
        ("mailto:a@x.org", {"password": "hunter2"}, "password is written in tpm.toml"),
        ("mailto:a@x.org", {"password": "secret:A", "tls": "none"}, "in the clear"),
        ("mailto:a@x.org", {"tls": "yes"}, "'yes' is none"),
        ("mailto:a@x.org", {"port": True}, "is no int"),
        ("mailto:a@x.org", {"attach": ["../x"]}, "attach has ../x"),
        ("mailto:a@x.org", {"from": "nobody"}, "no mail address"),
        ("s3://bucket", {"options": "x"}, "is no dict"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(to, settings, said):
    if to.startswith("mailto") and said != "lacks server, from":
        settings = {"server": "x", "from": "tpm@example.org"} | settings
    with pytest.raises(ReportError, match=said):
        publishers.check(to, settings)


def test_hosts_of_slack_and_teams_are_known_by_their_names():
    assert webhook.style_of("https://hooks.slack.com/services/x", {}) == "slack"
    assert webhook.style_of("https://acme.webhook.office.com/x", {}) == "teams"
    assert webhook.style_of("https://hooks.slack.com.example.org/x", {"style": "plain"}) == "plain"
    with pytest.raises(ReportError):
        webhook.style_of("https://hooks.slack.com.example.org/x", {})


def test_a_publisher_of_another_package_is_found_by_its_scheme(monkeypatch):
    sent = []

    class Point:
        name = "pigeon"

        @staticmethod
        def load():
            return lambda parcel, settings: sent.append((parcel.place, settings)) or "flown"

    monkeypatch.setattr(publishers, "entry_points", lambda **_: [Point])
    publishers.check("pigeon:home", {"speed": 3})
    assert publish("pigeon:home", {"speed": 3}) == "flown"
    assert sent == [("home", {"speed": 3})]


def test_waits_grow_are_spread_and_are_the_same_for_a_seed():
    lengths = [[retry.wait(n, Random(seed)) for n in (1, 2, 3, 9)] for seed in range(20)]
    for first, second, third, last in lengths:
        assert 1 <= first <= 2 <= second <= 4 <= third <= 8
        assert 30 <= last <= retry.LONGEST_WAIT_SECONDS
    assert len({first for first, *_ in lengths}) == 20
    assert [retry.wait(n, Random(3)) for n in (1, 2, 3, 9)] == lengths[3]
    assert retry.wait(1, Random(3), asked=9999) == retry.LONGEST_WAIT_SECONDS


def test_what_does_not_pass_is_given_up_after_some_tries():
    tries = []

    def work():
        tries.append(1)
        raise TransientError("busy")

    with pytest.raises(ReportError, match="busy, 4 times"):
        retry.retried(work, chance=Random(1), sleep=lambda _: None)
    assert len(tries) == 4
