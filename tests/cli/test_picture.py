"""`iogplus picture`: in words, as CSV and as a drawing; and nothing at all of a single incident."""

from pathlib import Path

from lxml import etree

from tests.cli.conftest import Runs

OVER = "2025-12"  # a month that is over, whenever this runs


def test_too_few_incidents_tell_nothing_in_both_languages(installation: Path, iogplus: Runs) -> None:
    dutch, english = (iogplus("picture", "--month", OVER, "--lang", lang) for lang in ("nl", "en"))
    assert dutch.stdout.splitlines()[0] == "Regionaal beeld 2025 t/m december"
    assert "Nog geen vijf incidenten gesloten" in dutch.stdout
    assert "Fewer than five incidents closed so far" in english.stdout


def test_a_program_gets_a_header_and_no_count(installation: Path, iogplus: Runs) -> None:
    said = iogplus("picture", "--month", OVER, "--csv")
    assert said.stdout == "table,kind,name,from,to,count,told\n"
    assert iogplus("picture", "--month", OVER, "--excel").stdout.startswith("\ufeffTabel;")


def test_a_drawing_goes_to_the_screen_or_as_an_image_into_a_file(installation: Path, iogplus: Runs) -> None:
    root = etree.fromstring(iogplus("picture", "--month", OVER, "--svg").stdout.encode())
    assert root.tag.endswith("}svg")
    image = installation / "beeld.png"
    assert iogplus("picture", "--month", OVER, "--exercises", "--png", image).exit_code == 0
    assert image.read_bytes().startswith(b"\x89PNG")


def test_a_month_that_is_not_over_or_does_not_exist_is_refused(installation: Path, iogplus: Runs) -> None:
    for month, why in (("2099-01", "nog niet voorbij"), ("2025-13", "Ik ken de maand")):
        said = iogplus("picture", "--month", month)
        assert said.exit_code == 2
        assert why in said.stderr


def test_one_domain_and_one_table_can_be_asked_for(installation: Path, iogplus: Runs) -> None:
    said = iogplus("picture", "--month", OVER, "--domain", "zorg", "--only", "red_flag")
    assert said.stdout.splitlines()[0] == "Regionaal beeld 2025 t/m december: zorg"
    assert "Te weinig incidenten met zorg" in said.stdout
    assert iogplus("picture", "--domain", "brandweer").exit_code == 2
