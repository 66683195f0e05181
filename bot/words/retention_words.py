"""What is past its term, in one sentence each, and the certificate of a log that was destroyed."""

from datetime import datetime

from bot.domain.entries import RecordsDestroyed
from bot.domain.people import Language
from bot.domain.retention import Destruction
from bot.words.catalogue import Catalogue
from bot.words.shown import moment


def line(catalogue: Catalogue, lang: Language, one: Destruction) -> str:
    """Which data of which incident, since when; and why it stays, when it does."""
    values = {"number": one.number, "count": str(one.count), "since": moment(one.since, lang)}
    said = catalogue.text(lang, f"retention.{one.kind}", **values)
    if one.barred is None:
        return said
    return catalogue.text(
        lang, "retention.stays", what=said, why=catalogue.text(lang, f"retention.barred.{one.barred}")
    )


def nothing(catalogue: Catalogue, lang: Language) -> str:
    return catalogue.text(lang, "retention.nothing")


def certificate(catalogue: Catalogue, lang: Language, entry: RecordsDestroyed, seq: int, h: str, at: datetime) -> str:
    """What was destroyed, why, when and by whom, with what proves it; `seq` and `h` are of the entry in the index log."""
    ground = catalogue.text(lang, f"retention.ground.{entry.what}")
    logs = [(entry.log, entry.size, entry.head), (entry.transcript, entry.transcript_size, entry.transcript_head)]
    values = {
        "number": entry.number,
        "ground": ground,
        "since": moment(entry.since, lang),
        "at": moment(at, lang),
        "by": entry.origin.actor,
        "count": str(entry.count),
        "logs": "\n".join(
            catalogue.text(lang, "retention.log", log=log, size=str(size), head=head)
            for log, size, head in logs
            if log is not None and head is not None
        ),
        "seq": str(seq),
        "h": h,
    }
    return catalogue.text(lang, "retention.certificate", **values) + "\n"
