"""What a reporter answers to what the alarm had left open: a number, a few words, or nothing. Anything else is no answer."""

import json
import re
from dataclasses import dataclass, replace
from typing import Final

from bot.domain import commands as c
from bot.domain.entries import IntakeField
from bot.domain.intake import CHOICES, DANGER
from bot.domain.people import Person
from bot.domain.sentence import says
from bot.domain.triage import channels
from bot.matrix.act import Acting, Event
from bot.matrix.translate import Heard
from bot.store.outbox import OutboxRow
from bot.words.alarm_when import moment_of
from bot.words.folding import fold
from bot.words.parse import NotUnderstood, Said, parse

KIND: Final = "IntakeAsked"
_NUMBER: Final = re.compile(r"([1-9])(?:[.!)]|\ufe0f?\u20e3)?")
_SKIP: Final = frozenset(
    ("overslaan", "sla over", "skip", "0", "nee", "no", "geen idee", "weet ik niet", "weet niet", "onbekend", "?", "unknown",
     "i don't know", "don't know", "-")
)  # fmt: skip
_STOP: Final = frozenset(("stop", "genoeg", "enough"))
# What people say to be polite is no place.
_POLITE: Final = frozenset(
    ("dank", "dank je", "dank je wel", "dankjewel", "bedankt", "prima", "goed", "top", "thanks", "thank you", "ja", "yes", "ok",
     "oke", "okay", "kom", "ik kom", "coming")
)  # fmt: skip
# Words of the grammar that after a question are its answer; any other is a command, also in a reply.
_NO_COMMANDS: Final = frozenset(("yes", "no", "eta", "skip", "stop", "now"))
_WHEN: Final = {
    "nu": "nu", "now": "nu", "het is al bezig": "nu", "al bezig": "nu", "vandaag": "vandaag", "vanavond": "vandaag",
    "vanmiddag": "vandaag", "vannacht": "vandaag", "today": "vandaag", "tonight": "vandaag", "morgen": "morgen",
    "morgenavond": "morgen", "tomorrow": "morgen", "later": "later", "dit weekend": "later", "this weekend": "later",
}  # fmt: skip
# A command was meant, and something about it is wrong: who typed it must hear that.
_HALF_COMMANDS: Final = frozenset(("argument", "place", "circle", "number"))
# A longer text is no answer to a short question; it may be the next alarm.
_MOST_WORDS, _LONGEST = 8, 80


@dataclass(frozen=True, slots=True)
class Intaking:
    """Takes answers; `False` where what was said must be understood in another way."""

    acting: Acting

    async def answered(
        self, event: Event, heard: Heard, person: Person, row: OutboxRow, text: str, *, replied: bool
    ) -> bool:
        if row.kind != KIND or row.incident is None:
            return False
        incident = await self.acting.desk.incident(row.incident)
        if incident.state != "open" or incident.reporter != person.id:
            return False
        said = parse(text, "direct")
        about = json.loads(row.message)["about"]
        if isinstance(said, Said) and said.verb not in _NO_COMMANDS:
            return False
        answer = _NUMBER.fullmatch(text.strip()) is not None or fold(text).text.strip(" .!,;:") in _SKIP
        answer = answer or (about == "channel" and bool(channels(text)))
        if (
            not answer
            and isinstance(said, NotUnderstood)
            and (said.why in _HALF_COMMANDS or (said.why == "word" and said.suggestion))
        ):
            return False  # `alram …` is asked back: it may be the next alarm
        if isinstance(said, Said) and said.verb == "stop" and incident.awaiting and not replied:
            return False  # then it says to call nobody
        if isinstance(said, Said) and said.verb == "now" and (about != "when" or incident.awaiting):
            return False  # then it says not to wait
        command = meant(about, text, heard)
        if command is None:
            return False
        await self.acting.command(event, replace(heard, incident=incident), person, lambda: command)
        return True


def meant(about: IntakeField, text: str, heard: Heard) -> c.AnswerIntake | c.SkipIntake | None:
    """The answer that the words are; None when they are none."""
    plain = fold(text).text.strip(" .!,;:")
    hit = _NUMBER.fullmatch(text.strip())
    if hit is not None:
        number = int(hit.group(1))
        offered = CHOICES[about]
        return c.AnswerIntake(about=about, choice=offered[number - 1], by=heard.by) if number <= len(offered) else None
    if plain in _SKIP or text.strip() == "?":
        return c.AnswerIntake(about=about, by=heard.by)
    if plain in _STOP:
        return c.SkipIntake(by=heard.by)
    if (
        not any(char.isalnum() for char in plain)
        or len(text) > _LONGEST
        or len(plain.split()) > _MOST_WORDS
        or says(text, DANGER)
        or "?" in text
    ):
        return None
    return None if plain in _POLITE else _in_words(about, plain, text.strip(), heard)


def _in_words(about: IntakeField, plain: str, text: str, heard: Heard) -> c.AnswerIntake | None:
    match about:
        case "where":
            return c.AnswerIntake(about=about, text=text, by=heard.by)
        case "when":
            assert heard.now is not None, "who is heard is heard at a time"
            at = moment_of(text, heard.now, heard.zone)
            if at is not None:
                return c.AnswerIntake(about=about, text=text, at=at, by=heard.by)
            return c.AnswerIntake(about=about, choice=_WHEN[plain], by=heard.by) if plain in _WHEN else None
        case "channel":
            found = channels(text)
            # never the words: they may name an account
            return c.AnswerIntake(about=about, choice=found[0] if found else "anders", by=heard.by)
