"""What an archive asks for beside a dossier: in the order and with the parts of the standard, whatever text stands in it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest_asyncio
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.ids import MunicipalityId
from bot.domain.retention import Terms
from bot.dossier import mdto
from bot.dossier.collect import Dossier, collect, tell
from bot.dossier.mdto import NAMESPACE, Retention, chosen
from bot.words.catalogue import Catalogue
from tests.dossier.story import NUMBER, Night

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("mdto.xsd"))


def metadata(dossier: Dossier, files: Mapping[str, bytes], *more: Any) -> dict[str, bytes]:  # noqa: ANN401 - as they are there
    return dict(mdto.metadata(dossier, {name: mdto.weighed(data) for name, data in files.items()}, *more))


FILES = {"entries.jsonl": b"{}\n", "tijdlijn.nl.html": b"<p>x", "blobs/00": b"\0"}
FOR_TEN_YEARS = Retention("V", timedelta(days=3650), "Openbare orde", "intern")


@pytest_asyncio.fixture
async def dossier(night: Night, catalogue: Catalogue) -> Dossier:
    stored = await collect(night.database, NUMBER)
    assert stored is not None
    found = tell(stored, catalogue)
    assert isinstance(found, Dossier)
    return found


def valid(made: Mapping[str, bytes]) -> dict[str, ET.Element]:
    for name, data in made.items():
        wrong = [str(error) for error in SCHEMA.iter_errors(BytesIO(data))]
        assert wrong == [], name
    return {name: ET.fromstring(data)[0] for name, data in made.items()}


def texts(element: ET.Element, path: str) -> list[str | None]:
    return [found.text for found in element.findall("/".join(f"{{{NAMESPACE}}}{step}" for step in path.split("/")))]


async def test_the_dossier_says_whose_it_is_what_became_of_it_and_when_it_may_go(dossier: Dossier) -> None:
    read = valid(metadata(dossier, FILES, FOR_TEN_YEARS))
    record = read["mdto/dossier.xml"]
    closed = dossier.incident.closed_at
    assert closed is not None
    assert texts(record, "naam") == ["Incident 2026-001 Waterbrug"]
    assert texts(record, "identificatie/identificatieKenmerk") == [dossier.origin]
    assert texts(record, "archiefvormer/verwijzingNaam") == ["Gemeente Waterbrug"]
    assert texts(record, "event/eventType/begripLabel") == ["Creatie", "Bevriezing", "Export"]
    assert texts(record, "event/eventTijd")[1] == closed.isoformat(timespec="seconds").replace("+00:00", "Z")
    assert texts(record, "waardering/begripCode") == ["V"]
    assert texts(record, "bewaartermijn/termijnLooptijd") == ["P3650D"]
    assert texts(record, "bewaartermijn/termijnEinddatum") == [(closed + timedelta(days=3650)).date().isoformat()]
    assert texts(record, "informatiecategorie/begripLabel") == ["Openbare orde"]
    assert texts(record, "beperkingGebruik/beperkingGebruikNadereBeschrijving") == ["Vertrouwelijkheid: intern"]
    assert texts(record, "bevatOnderdeel/verwijzingNaam") == sorted(FILES)
    assert texts(record, "trefwoord") == []


async def test_each_file_is_a_record_and_bytes_that_can_be_checked(dossier: Dossier) -> None:
    read = valid(metadata(dossier, FILES))
    assert len(read) == 1 + 2 * len(FILES)
    for name, data in FILES.items():
        held, record = read[f"mdto/{name}.bestand.xml"], read[f"mdto/{name}.informatieobject.xml"]
        assert texts(held, "omvang") == [str(len(data))]
        assert texts(held, "checksum/checksumWaarde") == [sha256(data).hexdigest()]
        mark = texts(record, "heeftRepresentatie/verwijzingIdentificatie/identificatieKenmerk")
        assert mark == texts(held, "identificatie/identificatieKenmerk")
        back = texts(held, "isRepresentatieVan/verwijzingIdentificatie/identificatieKenmerk")
        assert back == texts(record, "identificatie/identificatieKenmerk")
        whole = texts(read["mdto/dossier.xml"], "bevatOnderdeel/verwijzingIdentificatie/identificatieKenmerk")
        assert back[0] in whole
    assert texts(read["mdto/blobs/00.bestand.xml"], "bestandsformaat/begripLabel") == ["application/octet-stream"]


async def test_an_exercise_is_called_one_and_an_open_incident_has_no_end_yet(dossier: Dossier) -> None:
    drill = replace(dossier, incident=replace(dossier.incident, exercise=True, closed_at=None))
    record = valid(metadata(drill, FILES, FOR_TEN_YEARS, "en"))["mdto/dossier.xml"]
    assert texts(record, "naam") == ["OEFENING Incident 2026-001 Waterbrug"]
    assert texts(record, "trefwoord") == ["OEFENING"]
    assert texts(record, "taal") == ["en"]
    assert texts(record, "event/eventType/begripLabel") == ["Creatie", "Export"]
    assert texts(record, "bewaartermijn/termijnEinddatum") == []


async def test_the_text_of_the_alarm_and_names_of_people_are_not_in_it(dossier: Dossier) -> None:
    whole = b"".join(metadata(dossier, FILES).values()).decode()
    assert dossier.incident.people
    assert [seen.name for seen in dossier.incident.people.values() if seen.name and seen.name in whole] == []


async def test_the_same_log_gives_the_same_bytes(dossier: Dossier) -> None:
    assert metadata(dossier, FILES) == metadata(dossier, dict(reversed(FILES.items())))


async def test_whatever_text_stands_in_it_the_file_can_be_read(dossier: Dossier) -> None:
    anything = st.text(st.characters(codec=None), max_size=100)

    @settings(max_examples=40, deadline=None)
    @given(name=anything, file=anything, category=anything)
    def written(name: str, file: str, category: str) -> None:
        incident = replace(dossier.incident, municipality_name=name, municipality=MunicipalityId(name))
        made = metadata(
            replace(dossier, incident=incident), {f"{file}.pdf": b""}, replace(FOR_TEN_YEARS, category=category)
        )
        valid({str(number): data for number, data in enumerate(made.values())})

    written()


async def test_what_xml_cannot_hold_is_seen_to_be_missing(dossier: Dossier) -> None:
    nasty = replace(dossier, incident=replace(dossier.incident, municipality_name="Water\x00\x1b\ud800brug & <b>"))
    record = valid(metadata(nasty, {}))["mdto/dossier.xml"]
    assert texts(record, "archiefvormer/verwijzingNaam") == ["Gemeente Water\ufffd\ufffd\ufffdbrug & <b>"]


async def test_the_schema_refuses_what_lacks_a_part_or_has_another_order(dossier: Dossier) -> None:
    whole = ET.fromstring(metadata(dossier, {})["mdto/dossier.xml"])
    assert SCHEMA.is_valid(whole)
    whole[0].remove(whole[0][0])
    assert not SCHEMA.is_valid(whole)
    turned = ET.fromstring(metadata(dossier, {})["mdto/dossier.xml"])
    turned[0][:] = reversed(list(turned[0]))
    assert not SCHEMA.is_valid(turned)


def test_what_a_region_chose_is_what_the_archive_reads() -> None:
    chosen_nothing = Terms()
    assert chosen(chosen_nothing, exercise=False) == Retention()
    assert chosen(chosen_nothing, exercise=True) == Retention("V", timedelta(days=90))
    assert chosen(replace(chosen_nothing, record=timedelta(days=3650)), exercise=False).term == timedelta(days=3650)
