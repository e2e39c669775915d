"""Pictures of the desk: every value stands where its axis says, and data in them is not live."""

import re
from xml.etree import ElementTree

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tpm_analytics.explore import pictures
from tpm_analytics.explore.pictures import COLOURS
from tpm_analytics.results.explore import AS_IS, CHANGED

SVG = "{http://www.w3.org/2000/svg}"
NEVER = pd.DataFrame(columns=["version", "share", "day_on"])


def chances(version, first, *values):
    days = pd.date_range(first, periods=len(values))
    return pd.DataFrame({"version": version, "day_on": days, "chance": values})


def promise(version, day, share=0.85):
    return {"version": version, "share": share, "day_on": pd.Timestamp(day)}


def finish(told, *promises):
    marks = pd.DataFrame(promises) if promises else NEVER
    return ElementTree.fromstring(
        pictures.finish(told, marks, title="Chance", named="It is done soon.")
    )


def loads(*rows):
    table = pd.DataFrame(rows, columns=["version", "group", "utilisation"])
    return ElementTree.fromstring(pictures.loads(table, title="Share", named="All are full."))


def texts(drawn):
    return ["".join(text.itertext()) for text in drawn.iter(f"{SVG}text")]


def place(drawn, words):
    found = [text for text in drawn.iter(f"{SVG}text") if "".join(text.itertext()) == words]
    return float(found[0].get("x")), found[0].get("text-anchor")


def line(drawn, version):
    """Corners of the line of a version: where it turns up, and how high."""
    path = next(
        path
        for path in drawn.iter(f"{SVG}path")
        if path.get("fill") == "none" and path.get("stroke") == COLOURS[version]
    )
    numbers = [float(number) for number in re.findall(r"[\d.]+", path.get("d"))]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def test_a_chance_stands_where_the_axes_say():
    drawn = finish(chances(AS_IS, "2025-03-03", 0.0, 0.5, 1.0))
    corners = line(drawn, AS_IS)
    assert [across for across, _ in corners] == [58, 234, 410]
    names = {"0%": 0, "50%": 1, "100%": 2}
    heights = [
        float(text.get("y")) - 4
        for name in names
        for text in drawn.iter(f"{SVG}text")
        if text.text == name
    ]
    assert [high for _, high in corners] == heights
    assert place(drawn, "03 Mar")[0] == 58
    assert place(drawn, "05 Mar")[0] == 410


def test_two_versions_share_one_axis():
    told = pd.concat(
        [chances(AS_IS, "2025-03-03", 0.0, 1.0), chances(CHANGED, "2025-03-05", 0.0, 1.0)]
    )
    drawn = finish(told)
    assert line(drawn, AS_IS)[0][0] == 58
    assert line(drawn, CHANGED)[-1][0] == 410
    assert line(drawn, AS_IS)[-1][0] < line(drawn, CHANGED)[0][0]


@pytest.mark.parametrize(("earlier", "later"), [(AS_IS, CHANGED), (CHANGED, AS_IS)])
def test_days_of_two_promises_keep_apart(earlier, later):
    told = chances(AS_IS, "2025-01-01", *(number / 100 for number in range(101)))
    drawn = finish(told, promise(later, "2025-02-21"), promise(earlier, "2025-02-20"))
    (left, ends), (right, begins) = place(drawn, "2025-02-20"), place(drawn, "2025-02-21")
    assert (ends, begins) == ("end", "start")
    assert left < right


def test_one_day_of_two_promises_is_told_once():
    told = chances(AS_IS, "2025-01-01", *(number / 100 for number in range(101)))
    drawn = finish(told, promise(AS_IS, "2025-02-20"), promise(CHANGED, "2025-02-20"))
    assert texts(drawn).count("2025-02-20") == 1
    (point,) = drawn.iter(f"{SVG}circle")
    assert point.get("fill") == COLOURS[CHANGED]


@pytest.mark.parametrize(("day", "anchor"), [("2025-01-02", "start"), ("2025-04-10", "end")])
def test_the_day_of_a_promise_stays_within_the_picture(day, anchor):
    told = chances(AS_IS, "2025-01-01", *(number / 100 for number in range(101)))
    assert place(finish(told, promise(AS_IS, day)), day)[1] == anchor


def test_what_is_done_on_one_day_is_drawn_too():
    drawn = finish(chances(AS_IS, "2025-03-03", 1.0), promise(AS_IS, "2025-03-03"))
    assert line(drawn, AS_IS) == [(234, 10)]
    assert {"2025-03-03", "03 Mar"} <= set(texts(drawn))


@given(days=st.integers(1, 20_000), first=st.dates(min_value=pd.Timestamp("1990-01-01").date()))
def test_dates_of_an_axis_are_few_and_all_differ(days, first):
    begin = min(pd.Timestamp(first), pd.Timestamp("2200-01-01"))
    told = pd.DataFrame(
        {
            "version": AS_IS,
            "day_on": [begin, begin + pd.Timedelta(days=days)],
            "chance": [0.0, 1.0],
        }
    )
    dates = [words for words in texts(finish(told)) if not words.endswith(("%", "Chance"))]
    assert 1 <= len(dates) <= 6
    assert len(set(dates)) == len(dates)


def test_a_bar_is_as_long_as_the_axis_says():
    drawn = loads((AS_IS, "core", 0.5), (CHANGED, "core", 1.0))
    bars = [(float(bar.get("x")), float(bar.get("width"))) for bar in drawn.iter(f"{SVG}rect")]
    (left, half), (same, whole) = bars
    assert left == same == place(drawn, "0%")[0]
    assert left + whole == pytest.approx(410)
    assert half == pytest.approx(whole / 2, abs=0.1)


def test_whoever_is_promised_too_much_stands_beyond_the_line_of_all_time():
    drawn = loads((AS_IS, "core", 4.4))
    full = next(path for path in drawn.iter(f"{SVG}path") if path.get("stroke-dasharray"))
    (bar,) = drawn.iter(f"{SVG}rect")
    assert float(full.get("d")[1:].split()[0]) < float(bar.get("x")) + float(bar.get("width"))
    shares = [words for words in texts(drawn) if re.fullmatch(r"\d+%", words)]
    assert shares == ["0%", "75%", "150%", "225%", "300%", "375%", "450%", "440%"]


def test_a_group_of_one_version_and_one_without_time_are_told():
    drawn = loads((AS_IS, "core", 0.05), (CHANGED, "core", float("nan")), (CHANGED, "new", 0.1))
    assert "no time available" in texts(drawn)
    assert len(list(drawn.iter(f"{SVG}rect"))) == 2
    assert {"core", "new", "5%", "10%"} <= set(texts(drawn))


def test_a_long_name_is_cut_and_whole_where_a_pointer_rests():
    drawn = loads((AS_IS, "The team of all the payments of the world", 0.5))
    (text,) = (text for text in drawn.iter(f"{SVG}text") if text.find(f"{SVG}title") is not None)
    assert text.text == "The team of all the payme…"
    assert text.find(f"{SVG}title").text == "The team of all the payments of the world"


def test_a_picture_says_what_it_shows_and_nothing_in_it_is_live():
    hostile = '"><script>alert(1)</script>'
    drawn = pictures.loads(
        pd.DataFrame({"version": [AS_IS], "group": [hostile], "utilisation": [0.5]}),
        title="Share",
        named=hostile,
    )
    assert "<script" not in drawn
    assert ElementTree.fromstring(drawn).get("aria-label") == hostile
    assert ElementTree.fromstring(drawn).get("role") == "img"
