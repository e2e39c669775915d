"""Every shape a Jira export is saved in is read, and a file that cannot be says where and why."""

import gzip
import json

import pytest

from tests.sources.jira.exports import delivered, issue, saved, status
from tpm_analytics import SourceError

ISSUES = [issue("A-1"), issue("A-2"), issue("A-3")]
SHAPES = {
    "search result": {"startAt": 0, "total": 3, "issues": ISSUES},
    "array of issues": ISSUES,
    "pages in an array": [{"issues": ISSUES[:2]}, {"issues": ISSUES[2:]}],
    "empty page at the end": [{"issues": ISSUES}, {"issues": []}],
}


def keys(place):
    return delivered(place).tables["items"]["item_id"].tolist()


@pytest.mark.parametrize("indent", [None, 1], ids=["compact", "indented"])
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
def test_documents_of_every_shape_are_read(tmp_path, shape, packed, indent):
    content = json.dumps(SHAPES[shape], indent=indent).encode()
    file = tmp_path / ("export.json.gz" if packed else "export.json")
    file.write_bytes(gzip.compress(content) if packed else content)
    assert keys(file) == ["A-1", "A-2", "A-3"]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzipped"])
@pytest.mark.parametrize(
    "values",
    [ISSUES, [{"issues": ISSUES[:1]}, {"issues": ISSUES[1:]}], [ISSUES[:2], ISSUES[2:]]],
    ids=["issues", "search pages", "arrays"],
)
def test_json_lines_of_every_shape_are_read(tmp_path, values, packed):
    content = "".join(json.dumps(value) + "\n" for value in values).encode()
    file = tmp_path / "export.jsonl"
    file.write_bytes(gzip.compress(content) if packed else content)
    assert keys(file) == ["A-1", "A-2", "A-3"]


@pytest.mark.parametrize("name", ["export.json", "export.jsonl", "export.json.gz"])
@pytest.mark.parametrize("between", ["\n", "", "\r\n\n"], ids=["line by line", "no gap", "blanks"])
@pytest.mark.parametrize(
    "values",
    [ISSUES, [{"issues": ISSUES[:1]}, {"issues": ISSUES[1:]}], [ISSUES[:2], ISSUES[2:]]],
    ids=["issues", "search pages", "arrays"],
)
def test_indented_documents_one_after_the_other_are_read(tmp_path, values, between, name):
    content = between.join(json.dumps(value, indent=2) for value in values).encode() + b"\n"
    file = tmp_path / name
    file.write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    assert keys(file) == ["A-1", "A-2", "A-3"]


def test_braces_in_a_title_end_no_document(tmp_path):
    odd = 'a "}{" and ]\\ in it'
    content = "\n".join(json.dumps(issue(f"A-{n}", summary=odd), indent=2) for n in (1, 2))
    file = tmp_path / "export.json"
    file.write_text(content, encoding="utf-8-sig")
    assert delivered(file).tables["items"]["title"].tolist() == [odd, odd]


def test_more_lines_than_are_read_at_once_all_arrive(tmp_path):
    many = [issue(f"A-{number}") for number in range(100)]
    assert keys(saved(tmp_path, many, "export.jsonl")) == [one["key"] for one in many]
    assert keys(saved(tmp_path, many)) == [one["key"] for one in many]


def test_what_a_file_holds_decides_not_its_name(tmp_path):
    lines = tmp_path / "export.json"
    lines.write_text("\n".join(json.dumps(one) for one in ISSUES), encoding="utf-8")
    assert keys(lines) == ["A-1", "A-2", "A-3"]
    single = tmp_path / "export.jsonl"
    single.write_text(json.dumps(SHAPES["search result"]), encoding="utf-8")
    assert keys(single) == ["A-1", "A-2", "A-3"]


def test_blank_lines_and_a_byte_order_mark_do_no_harm(tmp_path):
    file = tmp_path / "export.jsonl"
    lines = "\n\n".join(json.dumps(one) for one in ISSUES)
    file.write_text(f"\n{lines}\n\n", encoding="utf-8")
    assert keys(file) == ["A-1", "A-2", "A-3"]
    for indent in (None, 1):
        marked = tmp_path / "export.json"
        marked.write_text(json.dumps(ISSUES, indent=indent), encoding="utf-8-sig")
        assert keys(marked) == ["A-1", "A-2", "A-3"]


def test_a_folder_of_one_issue_a_file_with_all_that_lies_beside(tmp_path):
    (tmp_path / "issues").mkdir()
    for one in ISSUES:
        saved(tmp_path / "issues", one, f"{one['key']}.json")
    saved(tmp_path, [{"id": "1", **status("Done")}], "statuses.json")
    saved(tmp_path, [{"id": "customfield_1", "name": "Sprint", "custom": True}], "fields.json")
    saved(tmp_path, {"columnConfig": {"columns": []}}, "board.json")
    (tmp_path / "notes.txt").write_text("not for us", encoding="utf-8")
    found = delivered(tmp_path)
    assert found.tables["items"]["item_id"].tolist() == ["A-1", "A-2", "A-3"]
    assert found.categories["Done"] == "done"
    assert not any("ignored" in note for note in found.notes)


def test_a_file_of_another_kind_is_ignored_with_a_note(tmp_path):
    saved(tmp_path, ISSUES, "issues.json")
    saved(tmp_path, {"rows": [1, 2]}, "other.json")
    saved(tmp_path, [{"key": "A", "name": "Project"}], "projects.json")
    found = delivered(tmp_path)
    assert len(found.tables["items"]) == 3
    assert any("2 files held nothing that Jira exports" in note for note in found.notes)
    assert any("other.json" in note for note in found.notes)


def test_statuses_of_a_project_and_of_a_paged_search_are_read(tmp_path):
    saved(tmp_path, ISSUES, "issues.json")
    by_kind = [{"id": "1", "name": "Story", "statuses": [{"id": "1", **status("Review")}]}]
    saved(tmp_path, by_kind, "project_statuses.json")
    page = {"values": [{"id": "9", "name": "Shipped", "statusCategory": "DONE"}], "isLast": True}
    saved(tmp_path, page, "search.json")
    assert delivered(tmp_path).categories == {
        "To Do": "backlog",
        "Review": "active",
        "Shipped": "done",
    }


WHOLE = json.dumps({"issues": ISSUES}).encode()
INDENTED = json.dumps({"issues": ISSUES}, indent=1).encode()
LINES = "".join(json.dumps(one) + "\n" for one in ISSUES).encode()
PAGES = b"\n".join(json.dumps({"issues": [one]}, indent=1).encode() for one in ISSUES)
THIRD_PAGE = PAGES[: PAGES.index(b'"A-3"')].count(b"\n") + 1
LOGIN = b"<!DOCTYPE html>\n<html><title>Log in</title></html>"
BROKEN = {
    "cut short": ("export.json", WHOLE[:400], r"export\.json is JSON cut short.*line 1, column"),
    "indented and cut short": ("export.json", INDENTED[:400], r"cut short.*line \d\d, column"),
    "a line cut short": ("export.jsonl", LINES[:-20], r"cut short: it ends at line 3, column"),
    "the first line cut short": ("x.jsonl", LINES[:90], r"cut short: it ends at line 1, column"),
    "a broken line": ("x.jsonl", LINES.replace(b'"A-2"', b"A-2"), "not JSON at line 2, column"),
    "a broken document": ("x.json", WHOLE.replace(b'"A-2"', b"A-2"), "not JSON at line 1, column"),
    "documents cut short": ("x.json", PAGES[:-30], r"cut short: it ends at line \d\d+, column"),
    "a broken document among others": (
        "x.json",
        PAGES.replace(b'"A-3"', b"A-3"),
        f"not JSON at line {THIRD_PAGE}, column",
    ),
    "documents between commas": (
        "x.json",
        PAGES.replace(b"\n}\n{", b"\n},\n{"),
        r"not JSON at line \d+, column 2.*\nHint: .*documents one after the other",
    ),
    "a number that JSON has not": ("x.json", PAGES + b'\n{"issues": [NaN]}', "is not JSON at line"),
    "Latin-1 in a second document": (
        "x.json",
        PAGES.replace(b"of A-3", b"\xe9"),
        r"not in UTF-8 at byte \d+",
    ),
    "a gzip cut short": (
        "x.json.gz",
        gzip.compress(WHOLE)[:-30],
        r"x\.json\.gz is a gzip file cut",
    ),
    "a gzip of lines cut short": ("x.jsonl.gz", gzip.compress(LINES * 99)[:-99], "gzip file cut"),
    "a damaged gzip": ("x.json.gz", gzip.compress(WHOLE)[:12] + b"\xff" * 90, "gzip file cut"),
    "UTF-16": ("x.json", json.dumps(ISSUES).encode("utf-16"), "not in UTF-8.*UTF-16"),
    "UTF-16 without a mark": ("x.json", WHOLE.decode().encode("utf-16-le"), "not in UTF-8"),
    "Latin-1": ("x.json", WHOLE.replace(b"Title", b"T\xeftle"), r"not in UTF-8 at byte \d+"),
    "Latin-1 in lines": (
        "x.jsonl",
        LINES.replace(b"of A-3", b"\xe9"),
        "not in UTF-8 at line 3, byte",
    ),
    "a login page": ("x.json", LOGIN, "looks like a web page.*log in"),
    "a gzipped login page": ("x.json.gz", gzip.compress(LOGIN), "looks like a web page"),
    "nothing": ("x.json", b"", r"x\.json is empty"),
    "blanks only": ("x.jsonl", b"\n \n", "is empty"),
    "a byte order mark only": ("x.json", b"\xef\xbb\xbf", "is empty"),
    "nothing, gzipped": ("x.json.gz", gzip.compress(b""), "is empty"),
    "a refusal": (
        "x.json",
        b'{"errorMessages": ["Field \'sprnt\' does not exist"], "errors": {}}',
        "Jira's refusal: Field 'sprnt' does not exist",
    ),
    "a refusal of a field": (
        "x.json",
        b'{"errorMessages": [], "errors": {"jql": "not valid"}}',
        "Jira's refusal: not valid",
    ),
    "other JSON": ("x.json", b'{"rows": []}', "holds no issue"),
    "a number": ("x.json", b"42", "holds no issue"),
    "no issues": ("x.json", b'{"issues": [], "total": 0}', "holds no issue"),
    "an issue without key": (
        "x.json",
        b'{"issues": [{"fields": {"a": 1}}]}',
        "issue 1.* lacks key",
    ),
    "an issue without fields": (
        "x.json",
        json.dumps([ISSUES[0], {"key": "A-9", "self": "/issue/9"}]).encode(),
        r"issue 2: A-9 lacks fields\.\nHint: export again without leaving fields out",
    ),
    "one issue without fields": (
        "x.json",
        b'{"key": "A-9", "self": "https://x/rest/api/2/issue/9"}',
        "A-9 lacks fields",
    ),
    "a line without fields": ("x.jsonl", LINES + b'{"key": "A-9"}\n', "line 4: A-9 lacks fields"),
    "a line that is a number": ("x.jsonl", LINES + b"7\n", "line 4: int stands where an issue"),
    "text among issues": ("x.json", json.dumps([*ISSUES, "A-4"]).encode(), "issue 4: str stands"),
    "fields of another shape": (
        "x.jsonl",
        LINES + b'{"key": "A-9", "fields": {"status": "Done"}}\n',
        "line 4: A-9 is not of the shape Jira gives",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_export_says_where_and_what_to_do(tmp_path, case):
    name, content, said = BROKEN[case]
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(SourceError, match=f"(?s){said}") as caught:
        delivered(file)
    assert name in str(caught.value)
    assert caught.value.hint


@pytest.mark.parametrize("length", range(0, 120, 7))
def test_a_document_cut_anywhere_is_never_read_in_part(tmp_path, length):
    file = tmp_path / "export.json"
    file.write_bytes(WHOLE[: len(WHOLE) - 1 - length])
    with pytest.raises(SourceError, match="cut short"):
        delivered(file)


def test_a_path_that_is_absent_says_so(tmp_path):
    with pytest.raises(SourceError, match="nowhere does not exist"):
        delivered(tmp_path / "nowhere")


def test_an_empty_folder_says_what_an_export_is_called(tmp_path):
    (tmp_path / "readme.txt").write_text("x", encoding="utf-8")
    with pytest.raises(SourceError, match=r"holds no Jira export.*\n.*\.jsonl"):
        delivered(tmp_path)


def test_one_broken_file_in_a_folder_is_named(tmp_path):
    saved(tmp_path, ISSUES, "good.json")
    (tmp_path / "worse.json").write_bytes(WHOLE[:200])
    with pytest.raises(SourceError, match=r"worse\.json is JSON cut short"):
        delivered(tmp_path)
