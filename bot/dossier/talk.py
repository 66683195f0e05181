"""The bundle of all that was said in an incident, which travels in the incident's own: the same files, the same verifier."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.domain import entries as e
from bot.domain.ids import EventId, PersonId
from bot.domain.incident import Incident
from bot.domain.people import Language
from bot.dossier.collect import Broken, Dossier, Said
from bot.folding import BrokenLog
from bot.logbook.blob import names_in
from bot.logbook.bundle import bundle_files
from bot.logbook.chain import LogEntry, Opening
from bot.logbook.checkpoint import sign
from bot.logbook.codec import Codec
from bot.logbook.merkle import frontier_of
from bot.transcribing import checked
from bot.words.catalogue import Catalogue
from bot.words.shown import moment, visible

MISSING: Final = "missing-files.txt"
_PAGES: Final[tuple[tuple[Language, str], ...]] = (("nl", "gesprek.nl.md"), ("en", "transcript.en.md"))


def missing_files(names: Collection[str]) -> bytes:
    """What the log names and the folder does not have; without it a bundle would be refused."""
    return "".join(f"{name}\n" for name in sorted(names)).encode()


def without(openings: Sequence[Opening], missing: Collection[str]) -> list[Opening]:
    """The openings but for those that name a file which is not there: it is withheld, and the rest still verifies."""
    return [one for one in openings if not any(name in missing for name in names_in(one.pre))]


def transcript(
    said: Said,
    dossier: Dossier,
    key: Ed25519PrivateKey,
    catalogue: Catalogue,
    beside: tuple[Ed25519PrivateKey, ...] = (),
) -> dict[str, bytes] | Broken:
    """The files of the transcript's bundle by name; Broken when it does not verify."""
    incident = dossier.incident
    try:
        sealed = checked(incident.id, incident.number, said.row, said.raws)
        told = _told(sealed, said.openings)
    except BrokenLog as wrong:
        return Broken(f"{incident.number}, #{wrong.seq}", str(wrong))
    except ValueError as wrong:
        return Broken(incident.number, str(wrong))
    documents = {name: _page(_Talk(told, incident, catalogue, lang)).encode() for lang, name in _PAGES}
    if said.missing:
        documents[MISSING] = missing_files(said.missing)
    return bundle_files(
        origin=said.row.log,
        raws=said.raws,
        openings=without(said.openings, said.missing),
        note=sign(said.row.log, len(sealed), frontier_of(said.raws).root(), key, *beside),
        anchors=(),
        blobs=said.files,
        public_key=key.public_key(),
        documents=documents,
    )


def _told(sealed: Sequence[LogEntry], openings: Sequence[Opening]) -> list[tuple[datetime, e.TranscriptEntry]]:
    codec = Codec(e.TRANSCRIPT_KINDS)  # its own, as its cache is no place for two threads
    by_seq: dict[int, list[Opening]] = {}
    for opening in openings:
        by_seq.setdefault(opening.seq, []).append(opening)
    return [(entry.ts, codec.read(entry, by_seq.get(entry.seq, []), _no_blob)) for entry in sealed]


def _no_blob(digest: str) -> bytes:
    raise ValueError(f"a transcript holds no frozen text, and this is {digest}")


@dataclass(frozen=True, slots=True)
class _Talk:
    told: Sequence[tuple[datetime, e.TranscriptEntry]]
    incident: Incident
    catalogue: Catalogue
    lang: Language

    def names(self) -> Mapping[tuple[PersonId, str | None], str]:
        """How each was called when last heard."""
        said = (one for _, one in self.told if isinstance(one, e.MessageSaid | e.MessageUnreadable))
        return {(one.origin.actor, one.origin.account): one.name for one in said}

    def numbers(self) -> Mapping[EventId, int]:
        """Where each message stands, for what points to it later."""
        return {one.message: n for n, (_, one) in enumerate(self.told, 1) if isinstance(one, e.MessageSaid)}


def _page(talk: _Talk) -> str:
    """One line for each thing said, changed, removed or shared, with its number and our time."""
    names, numbers, words, lang = talk.names(), talk.numbers(), talk.catalogue, talk.lang
    files = {one.message: one.name for _, one in talk.told if isinstance(one, e.FileShared)}
    lines = [words.text(lang, "talk.title", number=talk.incident.number), ""]
    for n, (at, one) in enumerate(talk.told, 1):
        ending, text = _line(one, files)
        values = {
            "nr": str(n),
            "when": moment(at, lang),
            "by": names.get((one.origin.actor, one.origin.account), one.origin.account or str(one.origin.actor)),
            "about": str(numbers.get(one.message, "–")),
            "text": visible(text).replace("\n", " "),
        }
        lines.append("- " + words.text(lang, f"talk.{ending}", **values))
    return "\n".join(lines) + "\n"


def _line(one: e.TranscriptEntry, files: Mapping[EventId, str]) -> tuple[str, str]:
    match one:
        case e.MessageSaid(text=text):
            return "said", text
        case e.MessageUnreadable():
            return "unreadable", ""
        case e.MessageChanged(text=text):
            return "changed", text
        case e.MessageWithdrawn():
            return "withdrawn", ""
        case e.FileShared(name=name):
            return "file", name
        case e.FileKept(content=content):
            return "kept", content
        case e.FileNotKept(message=message, why=why):
            return why, files.get(message, "–")
        case _:
            assert_never(one)
