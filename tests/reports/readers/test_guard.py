"""No guise hides a secret from the last look, and what is kept of a refused run holds none."""

import base64
import gzip
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.workspaces import code, notebook, shown
from tpm_analytics.reports.readers import guard

VALUE = 'p@ss "wörd"/<42>'
HELD = guard.Guard(values={"DOOR": VALUE})

GUISES = {
    "plain": VALUE,
    "inside a sentence": f"could not log in with {VALUE}!",
    "JSON": json.dumps({"password": VALUE}),
    "JSON with letters beyond ASCII": json.dumps({"password": VALUE}, ensure_ascii=False),
    "an address": f"https://x.example/?token={quote(VALUE, safe='')}",
    "markup": "<p>p@ss &quot;wörd&quot;/&lt;42&gt;</p>",
    "hexadecimal": VALUE.encode().hex(),
    "backwards": VALUE[::-1],
    "split over lines": "\n".join(VALUE),
    "in the colours of a terminal": 'p@ss\x1b[31m "wörd\x1b[0m"/<42>',
    "Base64": base64.b64encode(VALUE.encode()).decode(),
    "Base64 of a header": base64.b64encode(b"user:" + VALUE.encode() + b"\n").decode(),
    "Base64 of an address": base64.urlsafe_b64encode(b"u:" + VALUE.encode()).decode(),
    "Base64 wrapped": base64.encodebytes(b"x" * 50 + VALUE.encode()).decode(),
}


@pytest.mark.parametrize("guise", GUISES)
def test_a_secret_is_found_in_every_guise_and_blacked_out_of_a_notebook(guise):
    assert HELD.shown([GUISES[guise]]) == ["DOOR"]
    made = notebook("# Page", code("login()", outputs=[shown(text_plain=GUISES[guise])]))
    cleaned = guard.redacted(made, HELD)
    assert cleaned is not None
    assert HELD.shown(guard.texts(cleaned)) == []
    assert cleaned.cells[0].source == "# Page"


@given(
    st.binary(max_size=7), st.text("abcXYZ09+/~é", min_size=8, max_size=40), st.binary(max_size=7)
)
def test_base64_is_seen_through_wherever_the_secret_begins(before, value, after):
    text = base64.b64encode(before + value.encode() + after).decode()
    assert guard.Guard(values={"DOOR": value}).shown([text]) == ["DOOR"]


def test_ordinary_text_is_left_alone():
    texts = ["All is well.", "p@ss", "word 42", gzip.compress(b"x" * 99).hex()]
    assert HELD.shown(texts) == []
    made = notebook("# Page", code("1", outputs=[shown(text_plain="1")]))
    assert guard.redacted(made, HELD) is made


def test_a_secret_may_hide_in_keys_numbers_and_across_outputs():
    number = guard.Guard(values={"PIN": "31415926"})
    made = notebook(code("x", outputs=[shown(**{"application_json": {"n": [31415926]}})]))
    assert number.shown(guard.texts(made)) == ["PIN"]
    two = notebook(code("x", outputs=[shown(text_plain="3141"), shown(text_plain="5926")]))
    assert number.shown(guard.texts(two)) == ["PIN"]
    assert guard.redacted(two, number).cells[0].outputs == []


def test_a_notebook_whose_code_spells_the_secret_over_lines_is_not_kept():
    made = notebook(code("key = (\n    'p@ss '\n)\n" + "\n".join(VALUE)))
    assert guard.redacted(made, HELD) is None


def test_the_guard_itself_never_prints_what_it_holds():
    assert VALUE not in repr(HELD)
