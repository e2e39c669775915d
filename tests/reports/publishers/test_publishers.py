"""Addresses and settings that cannot be meant are refused; what may pass is tried again."""

from random import Random

import pytest

from tests.reports.publishers.parcels import publish
from tpm_analytics.errors import ReportError
from tpm_analytics.reports import publishers
from tpm_analytics.reports.publishers import retry, webhook
from tpm_analytics.reports.publishers.parcel import TransientError


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
