"""Months are known by name and abbreviation, in any language of a tracker."""

import pytest

from tpm_analytics.sources.months import MONTHS, month_of

# Abbreviations as Java writes them, which Jira runs on, before and after version 9.
ABBREVIATIONS = {
    "English": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "Spanish": "ene feb mar abr may jun jul ago sept oct nov dic",
    "French": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.",
    "German": "Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.",
    "German before Java 9": "Jan Feb Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez",
    "Portuguese": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.",
}


@pytest.mark.parametrize("names", [*MONTHS.values(), *ABBREVIATIONS.values()])
def test_every_month_is_known_in_full_and_short(names):
    assert [month_of(name) for name in names.split()] == list(range(1, 13))


@pytest.mark.parametrize("word", ["ma", "xyz", "jui", "marchons", ""])
def test_what_names_no_single_month_is_none(word):
    assert month_of(word) is None
