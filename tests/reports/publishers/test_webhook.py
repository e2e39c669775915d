"""A message holds the headline figures and no live markup, and its key is never told."""

import http.server
import json
import threading
from random import Random

import pytest

from tests.reports.publishers.parcels import HOSTILE, parcel, publish
from tpm_analytics.errors import ReportError
from tpm_analytics.reports.publishers import retry, webhook
from tpm_analytics.reports.publishers.parcel import TransientError


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
