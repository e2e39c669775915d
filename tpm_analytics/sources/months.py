"""Names of the months, whole and abbreviated, in the languages that trackers write."""

from __future__ import annotations

import unicodedata

MONTHS: dict[str, str] = {
    "English": "january february march april may june "
    "july august september october november december",
    "Spanish": "enero febrero marzo abril mayo junio "
    "julio agosto septiembre octubre noviembre diciembre",
    "French": "janvier février mars avril mai juin "
    "juillet août septembre octobre novembre décembre",
    "German": "januar februar märz april mai juni juli august september oktober november dezember",
    "Portuguese": "janeiro fevereiro março abril maio junho "
    "julho agosto setembro outubro novembro dezembro",
}
"""Full names of the months in order; an abbreviation is any beginning that names one month."""

IRREGULAR_MONTHS = {"mrz": 3, "setiembre": 9}
SHORTEST_MONTH = 3


def month_of(word: str) -> int | None:
    """Month that a name or an abbreviation means in any language; None if it is not one month.

    Examples
    --------
    >>> month_of("févr."), month_of("Dic"), month_of("sept"), month_of("jui")
    (2, 12, 9, None)
    """
    short = unicodedata.normalize("NFC", word).strip().casefold().rstrip(".")
    if short in IRREGULAR_MONTHS:
        return IRREGULAR_MONTHS[short]
    if len(short) < SHORTEST_MONTH:
        return None
    meant = {
        number
        for names in MONTHS.values()
        for number, name in enumerate(names.split(), start=1)
        if name.startswith(short)
    }
    return meant.pop() if len(meant) == 1 else None
