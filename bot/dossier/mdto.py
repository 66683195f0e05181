"""The metadata that an archive asks for beside a dossier, as MDTO 1.0 XML: one for the dossier, two for each file in it.

The elements, their order and the lists of terms are those of the Nationaal Archief (Metagegevensschema MDTO). All times are the
log's own, so that the same log gives the same bytes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Final, Literal
from xml.etree import ElementTree as ET

from bot.domain.origin import Confidentiality
from bot.domain.people import Language
from bot.domain.retention import Terms
from bot.dossier.collect import Dossier

NAMESPACE: Final = "https://www.nationaalarchief.nl/mdto"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_MAX_NAME: Final = 80  # advised by the standard, so that a list of results shows a name whole
# What XML 1.0 cannot hold, not even escaped; C1 controls it can hold, and nobody can see them.
_UNWRITABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_MIME: Final[Mapping[str, str]] = {
    "csv": "text/csv",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html",
    "ics": "text/calendar",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "md": "text/markdown",
    "note": "text/plain",
    "pdf": "application/pdf",
    "py": "text/x-python",
    "tsr": "application/timestamp-reply",
    "txt": "text/plain",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
}

Tree = tuple[str, "str | tuple[Tree, ...]"]
Appraisal = Literal["B", "V", "N"]
_APPRAISALS: Final[Mapping[Appraisal, str]] = {
    "B": "Blijvend te bewaren",
    "V": "Tijdelijk te bewaren",
    "N": "Nader te bepalen",
}


@dataclass(frozen=True, slots=True)
class Retention:
    """How long a municipality keeps a dossier: `term` after it was closed where the appraisal is V, else until decided.

    `category` is the category of the selection list (informatiecategorie); `confidentiality` that of the dossier as a whole.
    """

    appraisal: Appraisal = "N"
    term: timedelta | None = None
    category: str = ""
    confidentiality: Confidentiality = "vertrouwelijk"
    source: str = "Selectielijst gemeenten en intergemeentelijke organen 2020"


def chosen(terms: Terms, *, exercise: bool) -> Retention:
    """What the region chose for a log of this kind; for real incidents it may have chosen nothing yet."""
    term = terms.exercise if exercise else terms.record
    return Retention() if term is None else Retention("V", term)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What is said of the bytes of a file: how many, and their SHA-256 (hex)."""

    size: int
    digest: str


def weighed(data: bytes) -> Weighed:
    return Weighed(len(data), sha256(data).hexdigest())


def metadata(
    dossier: Dossier, files: Mapping[str, Weighed], retention: Retention = Retention(), lang: Language = "nl"
) -> Iterator[tuple[str, bytes]]:
    """The files with metadata, by name: `mdto/dossier.xml`, and for each of `files` one as a record and one as bytes."""
    yield "mdto/dossier.xml", _written("informatieobject", _dossier(dossier, tuple(sorted(files)), retention, lang))
    for name in sorted(files):
        record = _record(dossier, name, retention, lang)
        yield f"mdto/{name}.informatieobject.xml", _written("informatieobject", record)
        yield f"mdto/{name}.bestand.xml", _written("bestand", _file(dossier, name, files[name]))


def _dossier(dossier: Dossier, names: tuple[str, ...], retention: Retention, lang: Language) -> tuple[Tree, ...]:
    return (
        *_identity(dossier.origin, _name_of(dossier)),
        _term("aggregatieniveau", "Dossier", "Begrippenlijst Aggregatieniveaus MDTO"),
        *((_term("classificatie", kind, "Fenomenen van IOG+"),) if (kind := dossier.incident.phenomenon) else ()),
        *((("trefwoord", "OEFENING"),) if dossier.incident.exercise else ()),
        _when(dossier),
        ("taal", lang),
        *_events(dossier),
        *_kept(dossier, retention),
        *(_reference("bevatOnderdeel", name, _of_file(dossier, name)) for name in names),
        *_made_by(dossier, retention),
    )


def _record(dossier: Dossier, name: str, retention: Retention, lang: Language) -> tuple[Tree, ...]:
    return (
        *_identity(_of_file(dossier, name), name),
        _term("aggregatieniveau", "Archiefstuk", "Begrippenlijst Aggregatieniveaus MDTO"),
        ("taal", lang),
        *_kept(dossier, retention),
        _reference("isOnderdeelVan", _name_of(dossier), dossier.origin),
        _reference("heeftRepresentatie", name, _of_file(dossier, name) + "#bestand"),
        *_made_by(dossier, retention),
    )


def _file(dossier: Dossier, name: str, found: Weighed) -> tuple[Tree, ...]:
    kind = _MIME.get(PurePosixPath(name).suffix.lstrip(".").lower(), "application/octet-stream")
    checksum = (
        _term("checksumAlgoritme", "SHA-256", "Begrippenlijst ChecksumAlgoritme MDTO"),
        ("checksumWaarde", found.digest),
        ("checksumDatum", _time(_end(dossier))),
    )
    return (
        *_identity(_of_file(dossier, name) + "#bestand", name),
        ("omvang", str(found.size)),
        _term("bestandsformaat", kind, "IANA Media types"),
        ("checksum", checksum),
        _reference("isRepresentatieVan", name, _of_file(dossier, name)),
    )


def _identity(mark: str, name: str) -> tuple[Tree, ...]:
    return _identified("identificatie", mark), ("naam", _shown(name))


def _when(dossier: Dossier) -> Tree:
    inner = (
        _term("dekkingInTijdType", "Looptijd dossier", "Perioden van IOG+"),
        ("dekkingInTijdBegindatum", _begin(dossier).date().isoformat()),
        ("dekkingInTijdEinddatum", _end(dossier).date().isoformat()),
    )
    return "dekkingInTijd", inner


def _events(dossier: Dossier) -> tuple[Tree, ...]:
    """Made, closed and exported; the moment of export is that of the last entry, which is how far the export reaches."""
    moments = (("Creatie", _begin(dossier)), ("Bevriezing", dossier.incident.closed_at), ("Export", _end(dossier)))
    owner = _reference("eventVerantwoordelijkeActor", _owner(dossier), None)
    return tuple(
        ("event", (_term("eventType", label, "Begrippenlijst EventTypeLijst MDTO"), ("eventTijd", _time(at)), owner))
        for label, at in moments
        if at is not None
    )


def _kept(dossier: Dossier, retention: Retention) -> tuple[Tree, ...]:
    label = _APPRAISALS[retention.appraisal]
    waardering = _term("waardering", label, "Begrippenlijst Waarderingen MDTO", retention.appraisal)
    category = (
        (_term("informatiecategorie", retention.category, retention.source),) if retention.category.strip() else ()
    )
    closed = dossier.incident.closed_at
    if retention.appraisal != "V" or retention.term is None:
        return (waardering, *category)
    trigger = _term("termijnTriggerStartLooptijd", "Afsluiting van het dossier", "Gebeurtenissen van IOG+")
    dates: tuple[Tree, ...] = ()
    length: Tree = ("termijnLooptijd", f"P{retention.term.days}D")
    if closed is None:
        dates = (length,)
    else:
        due = (closed + retention.term).date().isoformat()
        dates = (("termijnStartdatumLooptijd", closed.date().isoformat()), length, ("termijnEinddatum", due))
    return (waardering, ("bewaartermijn", (trigger, *dates)), *category)


def _made_by(dossier: Dossier, retention: Retention) -> tuple[Tree, ...]:
    public = retention.confidentiality == "openbaar"
    kind = "Geen beperking" if public else "Overig"
    limits: tuple[Tree, ...] = (_term("beperkingGebruikType", kind, "Begrippenlijst BeperkingGebruikTypeLijst MDTO"),)
    if not public:
        limits += (("beperkingGebruikNadereBeschrijving", f"Vertrouwelijkheid: {retention.confidentiality}"),)
    return _reference("archiefvormer", _owner(dossier), dossier.incident.municipality), ("beperkingGebruik", limits)


def _name_of(dossier: Dossier) -> str:
    """Without the text of the alarm, which may name people and stands in every list of an archive."""
    mark = "OEFENING " if dossier.incident.exercise else ""
    return f"{mark}Incident {dossier.incident.number} {dossier.incident.municipality_name}".strip()


def _owner(dossier: Dossier) -> str:
    return f"Gemeente {dossier.incident.municipality_name}"


def _of_file(dossier: Dossier, name: str) -> str:
    return f"{dossier.origin}/{name}"


def _begin(dossier: Dossier) -> datetime:
    return dossier.lines[0].at  # an incident begins with an alarm, so there is a line


def _end(dossier: Dossier) -> datetime:
    return dossier.lines[-1].at


def _time(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _term(element: str, label: str, listed: str, code: str | None = None) -> Tree:
    coded: tuple[Tree, ...] = () if code is None else (("begripCode", code),)
    return element, (("begripLabel", label), *coded, _reference("begripBegrippenlijst", listed, None))


def _reference(element: str, name: str, mark: str | None) -> Tree:
    identified = () if mark is None else (_identified("verwijzingIdentificatie", mark),)
    return element, (("verwijzingNaam", _shown(name)), *identified)


def _identified(element: str, mark: str) -> Tree:
    return element, (("identificatieKenmerk", mark), ("identificatieBron", "IOG+"))


def _shown(name: str) -> str:
    return name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"


def _written(kind: str, content: tuple[Tree, ...]) -> bytes:
    root = ET.Element(f"{{{NAMESPACE}}}MDTO")
    root.set(f"{{{_XSI}}}schemaLocation", f"{NAMESPACE} {NAMESPACE}/MDTO-XML1.0.1.xsd")
    _append(root, (kind, content))
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True, default_namespace=NAMESPACE)
    return text + b"\n"


def _append(parent: ET.Element, tree: Tree) -> None:
    name, content = tree
    element = ET.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if isinstance(content, str):
        element.text = _UNWRITABLE.sub("\ufffd", content)
    else:
        for inner in content:
            _append(element, inner)
