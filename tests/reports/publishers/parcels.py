"""Parcels to deliver, and the shortest way to deliver them."""

import base64

from tpm_analytics.reports import publishers
from tpm_analytics.reports.publishers.parcel import Parcel
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
