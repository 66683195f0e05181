"""What a message of the bot is about, told from its words alone: the templates of the catalogue, read backwards."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bot.matrix.peer import Seen
from bot.words.catalogue import LANGUAGES, Catalogue


@dataclass(frozen=True, slots=True)
class Meaning:
    """`kind` of message, and which of that kind: a number, or the name of a person."""

    kind: str
    about: str = ""


UNKNOWN: Final = Meaning("unknown")

# Kind, the template of its first line, the value that tells one from another of its kind, and a line that must stand in it too.
_SAID: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("repeat", "page.first", "", "page.next_repeat"),
    ("page", "page.first", "", ""),
    ("confirmation", "ack.first", "", ""),
    ("confirmation_eta", "ack.first_eta", "minutes", ""),
    ("declined", "decline.first_next", "next", ""),
    ("code_sent", "reach.code_sent", "", ""),
    ("proved", "reach.verified", "", ""),
    ("alarm", "alarm.first", "", ""),
    ("room_open", "room.first", "", ""),
    ("dossier", "dossier.first", "", ""),
    ("welcome", "card.first", "newcomer", "card.welcome"),
    ("card", "card.first", "", "card.rule"),
    ("comes", "answer.coming", "person", ""),
    ("comes", "answer.coming_after", "person", ""),
    ("comes_later", "answer.eta", "person", ""),
    ("cannot", "answer.cannot", "person", ""),
    ("not_reached", "escalation.unanswered", "missed", ""),
    ("called", "called.note", "person", ""),
    ("step", "step.first", "nr", ""),
    ("decision", "decision.first", "decision", ""),
    ("decision_confirmed", "decision.confirmed", "decision", ""),
    ("decision_explained", "decision.explained", "decision", ""),
    ("decision_promised", "decision.promised", "decision", ""),
    ("decision_promised", "decision.promised_one", "decision", ""),
    ("asked", "reason.first", "nr", ""),
    ("warned", "personal.first", "", ""),
    ("understood", "intake.first", "", ""),
    ("where", "intake.ask_where", "", ""),
    ("calling", "call.now", "", ""),
    ("step_due", "step.became_due", "nr", ""),
    ("line", "line.note", "line", ""),
    ("sitrep", "sitrep.first", "sitrep", ""),
    ("wide", "flag.raised", "", ""),
    ("wide_told", "wide.first", "", ""),
    ("closing", "close.first", "", ""),
    ("closed", "end.closed", "", ""),
)
_CHANGED: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("page_taken", "page.settled_acknowledged", "", ""),
    ("page_declined", "page.settled_declined", "", ""),
    ("card_changed", "card.first", "", "card.counts"),
    ("step_claimed", "step.settled_claimed", "nr", ""),
    ("step_done", "step.settled_done", "nr", ""),
    ("step_skipped", "step.settled_skipped", "nr", ""),
)
# Text messages: a page, and the answer to what its owner said.
_TEXTED: Final[tuple[tuple[str, str, str, str], ...]] = (
    ("page", "channel.sms_page", "", ""),
    ("page", "channel.sms_page_plain", "", ""),
    ("confirmation", "channel.echo_coming", "", ""),
    ("confirmation_eta", "channel.echo_eta", "minutes", ""),
    ("declined", "channel.echo_cannot", "", ""),
)
_SLOT: Final = re.compile(r"\{(\w+)\}")
# How a value looks; what people wrote may be anything.
_LOOKS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("decision", "nr", "line", "sitrep", "minutes", "attempt"), r"\d+"),
    "when": r"\w+ \d\d-\d\d \d\d:\d\d(?: CES?T)?",
}


@dataclass(frozen=True, slots=True)
class _Pattern:
    kind: str
    first: re.Pattern[str]
    about: str
    also: re.Pattern[str] | None

    def read(self, lines: list[str]) -> Meaning | None:
        found = self.first.fullmatch(lines[0])
        if found is None:
            return None
        values = found.groupdict()
        if self.also is not None:
            other = next((hit for text in lines if (hit := self.also.fullmatch(text))), None)
            if other is None:
                return None
            values |= other.groupdict()
        return Meaning(self.kind, values.get(self.about, ""))


class Reader:
    """Reads messages in both languages."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._said = tuple(_patterns(catalogue, _SAID))
        self._changed = tuple(_patterns(catalogue, _CHANGED))
        self._texted = tuple(_patterns(catalogue, _TEXTED))

    def read_text(self, text: str) -> Meaning:
        """The meaning of a text message of the bot."""
        return _first(self._texted, text)

    def read(self, seen: Seen) -> Meaning:
        """The meaning of a readable message of the bot; UNKNOWN when no template fits."""
        if seen.content.get("msgtype") == "m.file":
            return Meaning("file")
        if is_edit(seen):
            new = seen.content.get("m.new_content")
            body = str(new.get("body", "")) if isinstance(new, dict) else ""
            return _first(self._changed, body)
        return _first(self._said, seen.body)


def is_edit(seen: Seen) -> bool:
    """Whether it changes an earlier message; a phone stays silent for it."""
    relation = seen.content.get("m.relates_to")
    return isinstance(relation, dict) and relation.get("rel_type") == "m.replace"


def rings(seen: Seen) -> bool:
    """Whether a phone makes a sound for it."""
    return seen.content.get("msgtype") != "m.notice" and not is_edit(seen)


def _first(patterns: tuple[_Pattern, ...], body: str) -> Meaning:
    lines = body.split("\n")
    return next((hit for pattern in patterns if (hit := pattern.read(lines))), UNKNOWN)


def _patterns(catalogue: Catalogue, table: tuple[tuple[str, str, str, str], ...]) -> Iterator[_Pattern]:
    for kind, key, about, also in table:
        for lang in LANGUAGES:
            other = _compiled(catalogue.template(lang, also)) if also else None
            yield _Pattern(kind, _compiled(catalogue.template(lang, key)), about, other)


def _compiled(template: str) -> re.Pattern[str]:
    """A value may stand in a line twice, so only its first place has the name."""
    plain = template.replace("**", "").replace("`", "")
    named: set[str] = set()
    parts: list[str] = []
    for n, part in enumerate(_SLOT.split(plain)):
        if n % 2 == 0:
            parts.append(re.escape(part))
        else:
            value = _LOOKS.get(part, ".+?")
            parts.append(f"(?:{value})" if part in named else f"(?P<{part}>{value})")
            named.add(part)
    return re.compile("".join(parts))
