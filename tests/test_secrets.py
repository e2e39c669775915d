"""Secrets are named, never written: they are resolved at use and asked for in a fixed order."""

import sys
import types

import pytest

from tpm_analytics import secrets
from tpm_analytics.errors import WorkspaceError


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch):
    for name in ("TPM_SECRET_DOOR", "DOOR"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def keyring(monkeypatch):
    """A stand-in for the package of that name; `held` is what it holds."""
    module = types.ModuleType("keyring")
    module.__spec__ = types.SimpleNamespace(name="keyring")
    module.errors = types.SimpleNamespace(KeyringError=type("KeyringError", (Exception,), {}))
    module.held = {}
    module.get_password = lambda service, name: module.held.get((service, name))
    monkeypatch.setitem(sys.modules, "keyring", module)
    return module


def test_text_that_is_no_reference_stays_as_it_is():
    for text in ("", "hunter2", "jira:data/export.json", "my secret:DOOR", "secret:", "secret:a-b"):
        assert secrets.resolve(text) == text


def test_our_own_variable_goes_before_the_plain_one_and_both_before_the_keyring(
    monkeypatch, keyring
):
    keyring.held["tpm-analytics", "DOOR"] = "from the keyring"
    assert secrets.resolve("secret:DOOR") == "from the keyring"
    monkeypatch.setenv("DOOR", "from the plain one")
    assert secrets.resolve("secret:DOOR") == "from the plain one"
    monkeypatch.setenv("TPM_SECRET_DOOR", "from our own")
    assert secrets.resolve("secret:DOOR") == "from our own"


def test_a_locked_keyring_is_as_good_as_none(keyring):
    def locked(*_):
        raise keyring.errors.KeyringError

    keyring.get_password = locked
    with pytest.raises(WorkspaceError, match="nowhere to be found"):
        secrets.resolve("secret:DOOR")


def test_a_secret_that_nothing_holds_is_an_error_with_both_remedies(monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    monkeypatch.setattr(secrets.util, "find_spec", lambda _: None)
    with pytest.raises(WorkspaceError) as refused:
        secrets.resolve("secret:DOOR")
    assert "TPM_SECRET_DOOR" in refused.value.hint
    assert "keyring set tpm-analytics DOOR" in refused.value.hint


def test_a_short_secret_is_refused_because_it_cannot_be_guarded(monkeypatch):
    monkeypatch.setenv("TPM_SECRET_DOOR", "abc")
    with pytest.raises(WorkspaceError, match="shorter than 6") as refused:
        secrets.resolve("secret:DOOR")
    assert "abc" not in str(refused.value)


def test_references_are_found_however_deep_and_values_never_are():
    content = {
        "publish": [{"password": "secret:MAIL"}, "secret:HOOK"],
        "parameters": {"token": "secret:DOOR", "weeks": 3, "raw": b"secret:NO"},
    }
    assert secrets.references(content) == {"MAIL", "HOOK", "DOOR"}
    assert secrets.references("tpm.load('secret:DB_ADDRESS')") == {"DB_ADDRESS"}


def test_values_hold_what_is_referred_to_and_all_that_is_set_for_us(monkeypatch):
    monkeypatch.setenv("TPM_SECRET_DOOR", "set for us, long")
    monkeypatch.setenv("TPM_SECRET_TINY", "abc")
    monkeypatch.setenv("PLAIN_ONE", "only when referred to")
    assert secrets.values([]) == {"DOOR": "set for us, long"}
    assert secrets.values(["PLAIN_ONE", "ABSENT"]) == {
        "DOOR": "set for us, long",
        "PLAIN_ONE": "only when referred to",
    }


def test_a_reference_is_found_among_what_json_cannot_say():
    content = {"numbers": [1.5, None, 3], "set": {"token = secret:ONE"}, 7: ("secret:TWO",)}
    assert secrets.references(content) == {"ONE", "TWO"}
    assert secrets.references({"x": [1, 2.5, True, None, "no secret"]}) == frozenset()
