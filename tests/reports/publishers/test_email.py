"""A mail shows the twin and carries the page; nothing in data becomes a header."""

import base64
import email
import email.policy
import shutil
import socket
import ssl
import subprocess
from random import Random

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.reports.publishers.parcels import HOSTILE, PIXEL, parcel, publish
from tpm_analytics.errors import ReportError
from tpm_analytics.reports import publishers
from tpm_analytics.reports.publishers import retry
from tpm_analytics.reports.publishers.email import written
from tpm_analytics.reports.publishers.parcel import TransientError


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
