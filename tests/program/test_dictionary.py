"""The dictionary is written from the declarations, whole and current."""

from tests import dictionary
from tpm_analytics.program import TABLES
from tpm_analytics.program.dictionary import section
from tpm_analytics.program.table import Day, Result, Series, column


class Sizes(Result):
    """One row per size.

    More that nobody needs to read.
    """

    size_id: Series[str] = column("Key of the size", unique=True)
    points: Series[float] = column("Small | large", "points", ge=0, nullable=True)
    told_on: Series[Day] = column("Day it was told", known="row")


def test_the_page_in_docs_is_current():
    assert dictionary.PLACE.read_text(encoding="utf-8") == dictionary.text(), (
        "write it anew with: make dictionary"
    )


def test_every_table_and_column_has_its_place():
    text = dictionary.text()
    declared = {
        **TABLES,
        **{n: t for found in dictionary.subjects().values() for n, t in found.items()},
    }
    assert len(declared) > len(TABLES) + 15
    for name, table in declared.items():
        assert text.count(f"\n### {name}\n") == 1
        for named in table.declared().values():
            assert f"| `{named.name}` | {named.meaning}" in text


def test_a_section_tells_meaning_unit_type_and_whether_it_may_be_unknown():
    assert section("sizes", Sizes).splitlines() == [
        "### sizes",
        "",
        "One row per size.",
        "",
        "| column | meaning | unit | type | may be unknown | known on an earlier day |",
        "|---|---|---|---|---|---|",
        "| `size_id` | Key of the size (each once) |  | text | no |  |",
        "| `points` | Small \\| large | points | number | yes |  |",
        "| `told_on` | Day it was told |  | day | no | the row, from then on |",
    ]
