"""Deliver by e-mail: the static twin as the message, its pictures inside, the page attached."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
import smtplib
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate
from html import escape
from urllib.parse import unquote

from tpm_analytics import secrets
from tpm_analytics.errors import ReportError
from tpm_analytics.reports.publish import PAGE
from tpm_analytics.reports.publishers.parcel import (
    LINK_MARK,
    MEDIA_TYPES,
    Parcel,
    Settings,
    TransientError,
)

KEYS: dict[str, type] = {
    "server": str,
    "port": int,
    "from": str,
    "user": str,
    "password": str,
    "tls": str,
    "subject": str,
    "link": str,
    "attach": list,
}
REQUIRED = ("server", "from")
SECONDS = 30
STARTTLS, FROM_THE_START, NONE = "starttls", "ssl", "none"
PORTS = {STARTTLS: 587, FROM_THE_START: 465, NONE: 25}
ATTACHED = (PAGE,)
TRANSIENT_FROM, PERMANENT_FROM = 400, 500
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_PICTURE = re.compile(r'src="data:image/png;base64,([A-Za-z0-9+/=]+)"')


def publish(parcel: Parcel, settings: Settings) -> str:
    """Send `parcel` to ``mailto:a@example.org,b@example.org``.

    Raises
    ------
    ReportError
        If the server refuses for good.
    TransientError
        If it does not answer, or refuses for now.
    """
    message = written(parcel, settings)
    everyone = recipients(parcel.to)
    try:
        refused = _send(message, everyone, settings)
    except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError) as error:
        raise ReportError(
            f"{settings['server']} did not let us in: {_said(error)}.",
            hint="see user, password and tls of the publisher",
        ) from error
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _by_code(code, said, settings) from error
    except smtplib.SMTPResponseException as error:
        raise _by_code(error.smtp_code, error.smtp_error, settings) from error
    except ssl.SSLError as error:
        raise ReportError(f"{settings['server']} cannot be trusted: {error.reason}.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError(f"{settings['server']} does not answer: {error}") from error
    if refused:
        raise ReportError(f"{settings['server']} refused {', '.join(sorted(refused))}.")
    return f"mail to {', '.join(everyone)}"


def check(to: str, settings: Settings) -> None:
    """Refuse what cannot be a mail.

    Raises
    ------
    ReportError
        For an address that is none, and a password that would be written or sent in the clear.
    """
    recipients(to)
    _address(str(settings["from"]))
    password = settings.get("password")
    if password is not None and not secrets.is_reference(password):
        raise ReportError(
            "The password is written in tpm.toml.",
            hint='write password = "secret:SMTP_PASSWORD", and set TPM_SECRET_SMTP_PASSWORD',
        )
    tls = settings.get("tls", STARTTLS)
    if tls not in PORTS:
        raise ReportError(f"tls = {tls!r} is none.", hint=f"it is one of {', '.join(PORTS)}")
    if password is not None and tls == NONE:
        raise ReportError(
            'With tls = "none" the password would travel in the clear.',
            hint='write tls = "starttls" or tls = "ssl"',
        )
    if strange := sorted(set(settings.get("attach", ATTACHED)) - set(MEDIA_TYPES)):
        raise ReportError(
            f"attach has {', '.join(map(str, strange))}.",
            hint=f"it may have {', '.join(MEDIA_TYPES)}",
        )


def recipients(to: str) -> list[str]:
    """Return the addresses of ``mailto:``; raises `ReportError` for what is none."""
    found = [part.strip() for part in unquote(to.partition(":")[2]).split(",")]
    return [_address(part).addr_spec for part in found]


def written(parcel: Parcel, settings: Settings) -> EmailMessage:
    """Return the message: plain words, the twin with its pictures, and the files attached."""
    message = EmailMessage(policy=SMTP)
    sender = _address(str(settings["from"]))
    about = f" – {parcel.subject_of}" if parcel.subject_of else ""
    message["From"] = sender
    message["To"] = [_address(each) for each in recipients(parcel.to)]
    message["Subject"] = _one_line(str(settings.get("subject") or f"{parcel.title}{about}"))
    message["Date"] = formatdate()
    message["Message-ID"] = f"<{_key(parcel)}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    link = parcel.link(settings)
    message.set_content(_words(parcel, link))
    attached = [name for name in settings.get("attach", ATTACHED) if name in parcel.files]
    where = _where(link, attached=PAGE in attached)
    html, pictures = _with_pictures_apart(parcel.twin.replace(LINK_MARK, where), _key(parcel))
    message.add_alternative(html, subtype="html")
    body = message.get_payload()[1]  # type: ignore[index]
    for key, content in pictures.items():
        body.add_related(  # type: ignore[union-attr]
            content, "image", "png", cid=f"<{key}>", disposition="inline"
        )
    for name in attached:
        main, sub = MEDIA_TYPES[name].split("/")
        message.add_attachment(parcel.files[name], main, sub, filename=f"{parcel.report}-{name}")
    return message


def _send(
    message: EmailMessage, everyone: list[str], settings: Settings
) -> dict[str, tuple[int, bytes]]:
    tls = settings.get("tls", STARTTLS)
    port = settings.get("port", PORTS[tls])
    trusted = ssl.create_default_context()
    server = (
        smtplib.SMTP_SSL(settings["server"], port, timeout=SECONDS, context=trusted)
        if tls == FROM_THE_START
        else smtplib.SMTP(settings["server"], port, timeout=SECONDS)
    )
    try:
        if tls == STARTTLS:
            server.starttls(context=trusted)
        if "user" in settings:
            server.login(settings["user"], secrets.resolve(settings.get("password", "")))
        refused = server.send_message(message, to_addrs=everyone)
        with contextlib.suppress(smtplib.SMTPException):
            server.quit()
        return refused
    finally:
        # not a goodbye: a connection that could not be trusted would never answer one
        server.close()


def _by_code(code: int, said: bytes | str, settings: Settings) -> Exception:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    answer = f"{settings['server']} answers {code} {_one_line(text)}"
    if TRANSIENT_FROM <= code < PERMANENT_FROM:
        return TransientError(answer)
    return ReportError(f"{answer}.")


def _said(error: smtplib.SMTPException) -> str:
    said = getattr(error, "smtp_error", b"") or str(error)
    return _one_line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)


def _words(parcel: Parcel, link: str) -> str:
    figures = [f"{each.label}: {each.text} {each.unit}".rstrip() for each in parcel.figures]
    parts = [parcel.title, parcel.question, parcel.subject_of, *figures, link]
    return "\n".join(part for part in parts if part) + "\n"


def _where(link: str, *, attached: bool) -> str:
    """Say in the mail where the whole page is."""
    if link:
        said = f'<a href="{escape(link)}" style="color:#0072b2">Open the page with live charts</a>'
    elif attached:
        said = "The page with live charts is attached."
    else:
        return ""
    return f'<p style="margin:0 0 8px 0">{said}</p>'


def _with_pictures_apart(html: str, key: str) -> tuple[str, dict[str, bytes]]:
    """Mail programs show pictures that travel beside the text, and few that stand in it."""
    pictures: dict[str, bytes] = {}

    def apart(found: re.Match[str]) -> str:
        name = f"picture-{len(pictures) + 1}.{key}"
        pictures[name] = base64.b64decode(found.group(1))
        return f'src="cid:{name}"'

    return _PICTURE.sub(apart, html), pictures


def _key(parcel: Parcel) -> str:
    """The same for the same content: a mail that is sent twice is known to be one."""
    content = hashlib.sha256(f"{parcel.to}\0{parcel.twin}".encode())
    return f"{parcel.report}.{content.hexdigest()[:24]}"


def _address(text: str) -> Address:
    name, _, rest = text.rpartition("<")
    spec = rest.removesuffix(">").strip()
    if _CONTROL.search(text) or not _ADDRESS.fullmatch(spec):
        raise ReportError(
            f"{_one_line(text)!r} is no mail address.", hint="write it as name@example.org"
        )
    return Address(display_name=name.strip(), addr_spec=spec)


def _one_line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()
