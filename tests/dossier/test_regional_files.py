"""The regional picture as CSV, SVG and PNG: the same counts in each, nothing below five, the same bytes every time."""

import csv
import io
import struct
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from bot.domain.contacts import Reference
from bot.domain.ids import MunicipalityId, RoleId
from bot.domain.people import Language, Municipality, Tile
from bot.domain.regional import NONE, Case, Dimension, Picture, known_kinds, mapped, only, picture
from bot.dossier.csv_files import excel_csv, plain_csv
from bot.dossier.regional_files import drawing, flat, png
from bot.reference.load import load_reference
from bot.words import catalogue, replies
from bot.words.regional_words import RegionalWords, told_rows

ROOT = Path(__file__).parents[2]
ZONE = ZoneInfo("Europe/Amsterdam")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def reference() -> Reference:
    found = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    assert isinstance(found, Reference)
    return found


def case(month: int, phenomenon: str, domain: str, *taken: str) -> Case:
    kinds: dict[Dimension, frozenset[str]] = {
        "phenomenon": frozenset((phenomenon,)), "size": frozenset((NONE,)), "domain": frozenset((domain,)),
        "intervention": frozenset(taken), "red_flag": frozenset(("M1",) if taken else ()),
        "outcome": frozenset(("question_open",) if taken else ()),
    }  # fmt: skip
    return Case(datetime(2026, month, 10, 12, tzinfo=UTC), kinds)


def year(reference: Reference) -> Picture:
    cases = [
        case(month, phenomenon, domain, *taken)
        for month in (1, 3, 4, 7, 8)
        for phenomenon, domain, taken, times in (
            ("F01", "expert_cter", ("B1.iog_plus_inzetten",), 3), ("F03", "expert_zorg", (), 4), ("F02", "expert_cyber", (), 2),
        )
        for _ in range(times)
    ]  # fmt: skip
    return picture([*cases, case(10, "F13", "expert_cyber")], known_kinds(reference), (2026, 10), ZONE)


def words(reference: Reference, lang: Language = "nl") -> RegionalWords:
    return RegionalWords(catalogue.load(), lang, reference)


def table(reference: Reference) -> list[dict[str, str]]:
    found = flat(year(reference), words(reference), catalogue.load(), "nl")
    return list(csv.DictReader(io.StringIO(b"".join(plain_csv(found)).decode())))


def test_a_program_reads_each_count_with_its_months_and_an_empty_one_where_it_is_hidden(reference: Reference) -> None:
    rows = table(reference)
    assert [row["count"] for row in rows if row["table"] == "incidents"] == ["9"] * 5
    of_the_year = [row for row in rows if row["kind"] == "F03" and row["from"] == "2026-01" and row["count"]]
    assert [(row["to"], row["count"]) for row in of_the_year] == [("2026-08", "20")]
    hidden = [row for row in rows if row["told"] == "false"]
    assert hidden
    assert all(row["count"] == "" for row in hidden)
    assert all(int(row["count"]) >= 5 for row in rows if row["told"] == "true")


def test_dutch_excel_gets_its_own_form(reference: Reference) -> None:
    found = flat(year(reference), words(reference), catalogue.load(), "nl")
    first = b"".join(excel_csv(found)).decode("utf-8-sig").splitlines()[0]
    assert first == "Tabel;Code;Naam;Vanaf maand;Tot en met maand;Aantal;Genoemd"


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_drawing_has_a_title_a_description_and_every_number_as_text(reference: Reference, lang: Language) -> None:
    svg = drawing(year(reference), words(reference, lang), catalogue.load(), lang)
    root = etree.fromstring(svg.encode())
    assert root.get("role") == "img"
    assert root.get("lang") == lang
    ids = str(root.get("aria-labelledby")).split()
    assert [root.find(f"{SVG}{name}").get("id") for name in ("title", "desc")] == ids
    texts = [str(one.text) for one in root.iter(f"{SVG}text")]
    assert len([text for text in texts if text == "9"]) == 5
    assert any(text.startswith("20 ") for text in texts)
    assert "<5/–" in texts
    about = root.findtext(f"{SVG}desc")
    assert all(text in about for text in texts if text.startswith("20 "))
    bars = [one for one in root.iter(f"{SVG}rect") if one.get("fill") != "#ffffff"]
    assert all(float(bar.get("x")) + float(bar.get("width")) <= 700 for bar in bars)


def test_the_same_picture_gives_the_same_drawing_and_the_same_image(reference: Reference) -> None:
    svg = drawing(year(reference), words(reference), catalogue.load(), "nl")
    assert svg == drawing(year(reference), words(reference), catalogue.load(), "nl")
    image = png(svg)
    assert image == png(svg)
    width, height = struct.unpack(">II", image[16:24])
    assert (image[:8], width) == (b"\x89PNG\r\n\x1a\n", 1600)
    assert height > 600


def test_a_year_with_too_little_says_so_and_draws_no_bar(reference: Reference) -> None:
    found = picture([case(1, "F01", "expert_cter")], known_kinds(reference), (2026, 10), ZONE)
    assert words(reference).lines(found) == (
        "Regionaal beeld 2026 t/m oktober", "Nog geen vijf incidenten gesloten: er is niets te vertellen.",
    )  # fmt: skip
    svg = drawing(found, words(reference), catalogue.load(), "nl")
    assert "F01" not in svg
    assert "jan–okt" in svg


def crowded(reference: Reference) -> Picture:
    """A year in which everything that is known came about many times."""
    known = known_kinds(reference)
    cases = [
        Case(datetime(2026, 1 + n % 12, 10, 12, tzinfo=UTC), {
            "phenomenon": frozenset((known["phenomenon"][n % 7],)), "size": frozenset((NONE,)),
            "domain": frozenset(known["domain"][n % 2 :: 2]), "intervention": frozenset(known["intervention"][n % 2 :: 2]),
            "red_flag": frozenset(known["red_flag"][n % 2 :: 2]), "outcome": frozenset(known["outcome"][n % 2 :: 2]),
        })
        for n in range(420)
    ]  # fmt: skip
    return picture(cases, known, (2026, 12), ZONE)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_picture_in_chat_is_one_screen_however_much_there_is(reference: Reference, lang: Language) -> None:
    found, said = crowded(reference), words(reference, lang)
    assert len(said.lines(found)) > 100
    for shown, everything in ((found, False), (year(reference), True)):
        lines = said.screen(shown, ("2026-007",))
        assert replies.pages(catalogue.load(), lang, lines) == (lines,)
        assert lines[-1].endswith("2026-007")
        assert (lines == said.lines(shown, ("2026-007",))) is everything
    headings = [line for line in said.screen(found) if line.endswith(("in de tabel)", "in the table)"))]
    assert headings[0].startswith(said.heading("phenomenon"))
    listed = [line for line in said.screen(found) if line.startswith("· F")]
    left = len(told_rows(found, "phenomenon")) - len(listed)
    assert headings[0] == said.heading("phenomenon", left)


def test_the_drawing_stays_short_and_the_table_has_everything(reference: Reference) -> None:
    found, said = crowded(reference), words(reference)
    root = etree.fromstring(drawing(found, said, catalogue.load(), "nl").encode())
    assert float(root.get("height")) < 2200
    assert "in de tabel" in "".join(root.itertext())
    table = flat(found, said, catalogue.load(), "nl")
    assert {row[1] for row in table.rows() if row[0] == "red_flag"} == set(known_kinds(reference)["red_flag"])


def busy(reference: Reference, domain: str | None = None) -> Picture:
    """Two stretches, in each of which every kind came about with the domain of care and without it."""
    cases = [
        case(month, phenomenon, domain, *taken)
        for month in (2, 6)
        for phenomenon in ("F01", "F03", NONE)
        for domain in ("expert_zorg", "expert_cyber")
        for taken in ((), ("B1.iog_plus_inzetten",))
        for _ in range(6)
    ]
    known = {**known_kinds(reference), "phenomenon": ("F01", "F03", NONE)}
    return picture(cases, known, (2026, 7), ZONE, domain=RoleId(domain) if domain else None)


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_picture_of_a_domain_says_which_and_why_a_kind_is_left_out(reference: Reference, lang: Language) -> None:
    found, said = busy(reference, "expert_zorg"), words(reference, lang)
    care = {"nl": "zorg", "en": "care"}[lang]
    lines = said.lines(found)
    assert lines[0].endswith(f": {care}")
    assert f"zonder {care}" in lines[-1] or f"without {care}" in lines[-1]
    assert any(line.startswith("· F01") and ": 24 " in line for line in lines)
    svg = drawing(found, said, catalogue.load(), lang)
    assert f": {care}</title>" in svg
    assert lines[-1] in svg
    rows = list(flat(found, said, catalogue.load(), lang).rows())
    assert {(row[0], row[1], row[2]) for row in rows if row[0] == "incidents"} == {("incidents", "expert_zorg", care)}
    few = picture(
        [case(1, "F01", "expert_zorg")], known_kinds(reference), (2026, 7), ZONE, domain=RoleId("expert_zorg")
    )
    assert care in said.lines(few)[1]


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_red_flags_by_themselves_have_the_total_and_each_month(reference: Reference, lang: Language) -> None:
    found, said = only(busy(reference), "red_flag"), words(reference, lang)
    (flag,) = [line for line in said.lines(found) if line.startswith("· ")]
    months = {"nl": "24 t/m jun (jan–feb 12 · mrt–jun 12)", "en": "24 through Jun (Jan–Feb 12 · Mar–Jun 12)"}[lang]
    assert flag.startswith("· M1 ")
    assert flag.replace("36", "12").replace("72", "24").endswith(months)
    rows = list(flat(found, said, catalogue.load(), lang).rows())
    assert {row[0] for row in rows} == {"incidents", "red_flag"}
    everything = only(crowded(reference), "red_flag")
    root = etree.fromstring(drawing(everything, said, catalogue.load(), lang).encode())
    spoken = root.findtext(f"{SVG}desc")
    assert all(said.name("red_flag", kind) in spoken for kind, _ in told_rows(everything, "red_flag"))
    none = only(year(reference), "size")
    assert said.notes(none)[0] in said.lines(none)
    assert len(said.notes(none)) == 2


def laid_out(reference: Reference) -> tuple[Reference, Picture]:
    """Thirty-two municipalities on a map, the widest names among them, and a year in which some had many incidents."""
    shorts = ("Wbrug", "MMWWMMW", "Oud-Wvd", "Nkerk")
    places = tuple(
        Municipality(
            MunicipalityId(f"g{n}"), f"Oud-Wilgenveld aan de Grote Lange Rivier {n}",
            size=("klein", "groot")[n % 2], tile=Tile(2 + n // 11, 2 + n % 11, shorts[n % 4]),
        )
        for n in range(31)
    )  # fmt: skip
    places = (Municipality(MunicipalityId("off"), "Nergens", size="klein"), *reversed(places))
    region = replace(reference, contacts=replace(reference.contacts, municipalities=places))
    known = known_kinds(region)
    cases = [
        replace(
            case(1 + n % 6, "F03", "expert_cyber"),
            municipality=one.id,
            kinds={**case(1, "F03", "expert_cyber").kinds, "size": frozenset((one.size or NONE,))},
        )
        for n in range(600)
        for one in (places[n * n % 32],)
    ]
    return region, picture(cases, known, (2026, 6), ZONE, region=mapped(region.contacts))


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_the_map_has_a_square_for_each_municipality_that_was_laid_and_fits(
    reference: Reference, lang: Language
) -> None:
    region, found = laid_out(reference)
    said = words(region, lang)
    svg = drawing(found, said, catalogue.load(), lang)
    assert svg == drawing(found, said, catalogue.load(), lang)
    root = etree.fromstring(svg.encode())
    squares = [one for one in root.iter(f"{SVG}rect") if one.get("width") == one.get("height")]
    assert len(squares) == 31
    assert {one.get("fill") for one in squares} == {"#e3e7eb", "#ffffff"}, "no scale of colours"
    assert all(float(one.get("x")) + float(one.get("width")) <= 800 - 24 for one in squares)
    told = [place for _, _, place in said.on_map(found) if place is not None]
    assert 0 < len(told) < 31
    assert all(place.count >= 5 for place in told)
    spoken = root.findtext(f"{SVG}desc")
    order = [spoken.index(f"Rivier {n} ") for n in range(31)]
    assert order == sorted(order), "from the top left, and by nothing else"
    assert "Nergens" not in svg
    assert png(svg).startswith(b"\x89PNG")


def test_the_table_has_the_municipalities_of_the_map_and_no_others(reference: Reference) -> None:
    region, found = laid_out(reference)
    said = words(region)

    def rows(shown: Picture) -> list[tuple[object, ...]]:
        return [tuple(row) for row in flat(shown, said, catalogue.load(), "nl").rows() if row[0] == "municipality"]

    assert [row[1] for row in rows(found)] == [f"g{n}" for n in range(31)]
    assert all((row[5] is None) is (row[6] is False) for row in rows(found))
    assert not any("Rivier" in line for line in said.lines(found)), "words have no list of municipalities"
    assert rows(only(found, "domain")) == []
    assert "Rivier" not in drawing(only(found, "domain"), said, catalogue.load(), "nl")


def test_without_a_map_no_municipality_is_named(reference: Reference) -> None:
    region, _ = laid_out(reference)
    bare = tuple(replace(one, tile=None) for one in region.contacts.municipalities)
    assert mapped(replace(region.contacts, municipalities=bare)) is None
