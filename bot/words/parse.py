"""What somebody typed, as one of the verbs of the grammar: exact words run, mistyped words are only asked about.

In a direct chat everything is said to the bot. In a room with others only a message that begins with exactly a word of the
grammar, and goes on as that word demands, is a command; a leading `!` makes it be read as in a direct chat.
A little longer than most modules: what is talk and what is a command is decided in one place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz.distance import DamerauLevenshtein

from bot.domain.ids import RoleId
from bot.words.arguments import Fitted, fit_argument
from bot.words.emoji import normal
from bot.words.folding import Folded, fold
from bot.words.grammar import BY_NAME, VERBS, Verb, Where

SIMILAR: Final = 0.75
# In a room people chat: there only a near miss of a long word is worth a question.
SIMILAR_IN_ROOM: Final = 0.85
LONG_WORD: Final = 6
SHORTEST_FUZZY: Final = 4
# A sentence of at least so many words to the bot, that begins with no verb, may well be an alarm.
SENTENCE: Final = 3
LONGEST_ETA: Final = 600
LONGEST_CARD: Final = 4  # words; in a room a longer sentence that begins with "kaart" is about a map


@dataclass(frozen=True, slots=True)
class Said:
    """A verb and what came with it. `argument` is text, a topic, a playbook's id or a moment such as `03:10` or `22-11 03:10`;
    `incident` is the number that the message named, when it named one."""

    verb: str
    argument: str = ""
    number: int | None = None
    minutes: int | None = None
    roles: tuple[RoleId, ...] = ()
    incident: str = ""


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """`why`: the word is unknown; its argument is missing or makes no sense; it belongs elsewhere, or to the whole room and not to
    its closed circle; it may be a yes or a no; the number is too large; or it is a sentence without a verb, perhaps an alarm.
    `meant` runs when the person says yes to the `suggestion`."""

    word: str
    suggestion: str | None = None
    meant: Said | None = None
    why: Literal["word", "argument", "place", "circle", "yes_or_no", "number", "sentence"] = "word"
    verb: str | None = None


@dataclass(frozen=True, slots=True)
class Chat:
    """People talking to each other."""


Heard = Said | NotUnderstood | Chat

_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_EDIT: Final = "* "
_END: Final = r"(?=$|[\s:;,.!?…)\"'*])"
_FIRST_WORD: Final = re.compile(r"[^\s:;,!?…()\"']+")
_MINUTES: Final = re.compile(
    r"(?:(?:over|in|eta|ik (?:ben|kom)(?: er)?(?: over)?|i(?:'m| am)?(?: there| coming)? in)\s+)?\+?"
    r"([0-9]{1,4})\s*(?:m|min|mins|minuut|minuten|minutes)?[.!]*"
)
_QUARTERS: Final = {
    "kwartier": 15,
    "kwartiertje": 15,
    "half uur": 30,
    "halfuur": 30,
    "half uurtje": 30,
    "uur": 60,
    "uurtje": 60,
}
_QUARTER: Final = re.compile(rf"(?:over )?(?:een |1 )?({'|'.join(sorted(_QUARTERS, key=len, reverse=True))})[.!]*")
_IN_MINUTES: Final = re.compile(r"(?<![0-9])([0-9]{1,3})\s*(?:m|min|mins|minuut|minuten|minutes)\b")
_NEGATIVE: Final = re.compile(r"\b(?:niet|geen|nee|nooit|no|not|never|can't|cant|cannot)\b")
_POSITIVE: Final = re.compile(r"\b(?:kom|ja|yes|coming|onderweg|eraan)\b")
_CANNOT: Final = re.compile(r"\b(?:kan niet|kom niet|lukt niet|niet beschikbaar|can't|cannot|cant|not available)\b")
_INCIDENT: Final = re.compile(r"(?:20[0-9]{2})-[0-9]{3,5}")
_CRIED: Final = frozenset({"claim", "help", "stand_in", "assign", "absent"})
# In a room these are about the roster only when they begin with a role; mistyped they may be anything.
_ROLE_FIRST: Final = frozenset({"who", "stand_in", "swap"})
_DIGIT: Final = re.compile("[0-9]")
# These are said in passing so often that in a room they need a number or a colon to be a command.
_WEAK_IN_ROOM: Final = frozenset({"na", "skip", "klaar", "gedaan", "gereed", "done", "later"})
# Alone these are what people say to each other, or how they call somebody.
_TALK_ALONE: Final = frozenset({"confirm", "later", "chair", "note_taker", "spokesperson", "duty", "lay_down"})
# What an alarm begins with is never taken for a mistyped word.
_NEVER_MISTYPED: Final = frozenset({"rellen"})
# "extern advies" is talk; behind the word must stand whom it went to, and a colon.
# "bovenregionaal overleg om drie uur" is talk; a flag is raised for a reason
_REASONED_IN_ROOM: Final = frozenset({"bovenregionaal", "niet bovenregionaal", "supraregional", "not supraregional"})
_BECAUSE: Final = re.compile(r"(?:omdat|want|because)\b", re.IGNORECASE)
_NAMED_IN_ROOM: Final = frozenset({"extern", "external"})


_WORDS: Final = tuple(
    (verb, word, re.compile(re.escape(word).replace(r"\ ", r"\s+") + (_END if word != "?" else "")))
    for verb in VERBS
    if verb.name != "eta"
    for word in verb.words
)


def clean(body: str) -> str:
    """The words that a person added: without the quoted fallback of a reply, the mark of an edit and control characters."""
    text = _CONTROL.sub("", body.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.removeprefix(_EDIT)
    if text.startswith(("> <", "> * <")):
        lines = text.split("\n")
        first = next((n for n, line in enumerate(lines) if not line.startswith(">")), len(lines))
        text = "\n".join(lines[first:])
    return text.strip()


def parse(text: str, place: Where) -> Heard:
    """Reads one message said at `place`; `text` as `clean` gives it."""
    folded = fold(text)
    called = folded.text.startswith("!")
    to_bot = place == "direct" or called
    folded = folded.after(len(folded.text) - len(folded.text.lstrip(" !/\"'“”„`*_>-•")))
    if not folded.text:
        return NotUnderstood(text[:1], verb="help") if to_bot and text.strip() else Chat()
    misfit: NotUnderstood | None = None
    known = False
    for verb, word, rest in _candidates(folded):
        known = True
        fitted = _fitted(verb, word, rest, to_bot)
        if isinstance(fitted, Said):
            return _heard(fitted, verb, place, called)
        if fitted and (misfit is None or misfit.word == fitted.word):
            misfit = fitted
    if place == "direct":
        return _answer(folded, text, misfit)
    if misfit and (to_bot or _worth_asking(misfit, place)):
        return misfit
    return Chat() if known and not to_bot else _guess(folded, place, to_bot)


def _candidates(folded: Folded) -> Iterator[tuple[Verb, str, Folded]]:
    """The verbs that the message begins with, longest word first; of equal words the order of the table, numbers before text."""
    found = [
        (verb, word, folded.after(hit.end())) for verb, word, begins in _WORDS if (hit := begins.match(folded.text))
    ]
    # `besluit 3` shows decision 3: the stricter reading of the same word is tried first
    return iter(sorted(found, key=lambda f: (-len(f[1]), f[0].argument == "text")))


def _fitted(verb: Verb, word: str, rest: Folded, to_bot: bool) -> Said | NotUnderstood | None:
    """The verb with its argument; NotUnderstood when something is missing; None when what follows shows that it is only talk."""
    colon = rest.text.lstrip().startswith(":")
    incident, rest = _named_incident(verb, rest)
    fitted = fit_argument(verb.argument, rest, colon=colon)
    if not to_bot and not colon and _only_talk(verb, word, rest, fitted):
        return None
    if fitted is None:
        return NotUnderstood(word, why="argument", verb=verb.name)
    if verb.name in ("yes", "no"):
        return _yes_or_no(verb, word, rest, incident)
    if verb.name == "stand_in" and fitted.text in ("", "over"):
        # "ik neem cyber over" without a time is about the incident, not about the roster
        return Said("take_over", roles=fitted.roles, incident=incident)
    return Said(verb.name, fitted.text, fitted.number, fitted.minutes, fitted.roles, incident)


def _only_talk(verb: Verb, word: str, rest: Folded, fitted: Fitted | None) -> bool:
    """In a room: whether these words are people talking although the first of them is a word of the grammar."""
    if not rest.bare:
        return verb.name in _TALK_ALONE
    if fitted is None or (verb.argument == "any" and verb.group != "answer"):
        return True
    if verb.name in _ROLE_FIRST and not fitted.roles:
        return True
    if verb.name == "card" and len(rest.bare.split()) > LONGEST_CARD:
        return True
    if verb.name == "absent" and not _DIGIT.search(rest.text):
        return True
    if word in _REASONED_IN_ROOM:
        return not _BECAUSE.match(rest.bare)
    if word in _NAMED_IN_ROOM and verb.argument == "text":
        return ":" not in rest.bare
    return word in _WEAK_IN_ROOM and fitted.number is None


def _named_incident(verb: Verb, rest: Folded) -> tuple[str, Folded]:
    """An incident's number right behind the verb says which one is meant; behind `alarm` it is part of what is told."""
    bare = rest.text.lstrip(" :")
    hit = _INCIDENT.match(bare)
    if verb.name == "alarm" or not hit:
        return "", rest
    return hit.group(), rest.after(len(rest.text) - len(bare) + hit.end())


def _yes_or_no(verb: Verb, word: str, rest: Folded, incident: str) -> Said | NotUnderstood:
    """A yes with a `not` behind it, or a no with a `coming`, is asked about: an answer to a page must not be guessed."""
    negative, positive = bool(_NEGATIVE.search(rest.text)), bool(_POSITIVE.search(rest.text))
    if (verb.name == "yes" and negative) or (verb.name == "no" and positive and not negative):
        return NotUnderstood(word, why="yes_or_no", verb=verb.name)
    minutes = _IN_MINUTES.search(rest.text)
    if verb.name == "yes" and minutes and 2 <= int(minutes.group(1)) <= LONGEST_ETA:
        return Said("eta", minutes=int(minutes.group(1)), incident=incident)
    return Said(verb.name, incident=incident)


def _heard(said: Said, verb: Verb, place: Where, called: bool) -> Heard:
    """Whether the verb may be said here. In a closed incident the words of the room still count: the refusal explains."""
    spoken = "incident" if place == "closed" else place
    if place in verb.places or spoken in verb.places:
        return said
    if spoken == "circle" and "incident" in verb.places:
        return NotUnderstood(verb.word("nl"), why="circle", verb=verb.name)
    if called or (verb.name == "alarm" and spoken in ("incident", "circle")):
        return NotUnderstood(verb.word("nl"), why="place", verb=verb.name)
    return Chat()


def _worth_asking(misfit: NotUnderstood, place: Where) -> bool:
    verb = BY_NAME[misfit.verb or "help"]
    spoken = "incident" if place == "closed" else place
    return misfit.why == "argument" and spoken in verb.places


def _answer(folded: Folded, text: str, misfit: NotUnderstood | None) -> Heard:
    """In a direct chat: an emoji, a number of minutes, a mistyped word, or a sentence."""
    if misfit and misfit.why == "yes_or_no":
        return misfit
    tapped = normal(text)
    if tapped in ("✅", "❌"):
        return Said("yes" if tapped == "✅" else "no")
    incident, number = _split_incident(folded.text)
    quarter = _QUARTER.fullmatch(number)
    minutes = _MINUTES.fullmatch(number)
    if quarter:
        return Said("eta", minutes=_QUARTERS[quarter.group(1)], incident=incident)
    if minutes:
        said = int(minutes.group(1))
        if said == 0 or said > LONGEST_ETA:
            return NotUnderstood(minutes.group(1), why="number", verb="eta")
        return Said("eta", minutes=said, incident=incident)
    # "help, er wordt geschoten" asks for no topic
    if misfit and BY_NAME[misfit.verb or "help"].group not in ("alarm", "answer") and misfit.verb not in _CRIED:
        return misfit
    guess = misfit or _guess(folded, "direct", True)
    return _sentence(folded, text, guess) if misfit or not _is_near(guess, folded) else guess


def _is_near(guess: Heard, folded: Folded) -> bool:
    """Whether the word guessed at counts for more than the sentence that it begins: an alarm, or a long word hardly mistyped."""
    if not isinstance(guess, NotUnderstood) or guess.suggestion is None:
        return False
    near_miss = DamerauLevenshtein.normalized_similarity(guess.word, guess.suggestion) >= SIMILAR_IN_ROOM
    return guess.verb == "alarm" or len(folded.text.split()) < SENTENCE or (near_miss and guess.meant is not None)


def _split_incident(text: str) -> tuple[str, str]:
    hit = _INCIDENT.search(text)
    if not hit:
        return "", text.strip()
    return hit.group(), (text[: hit.start()] + text[hit.end() :]).strip()


def _sentence(folded: Folded, text: str, guess: Heard) -> Heard:
    """No verb: perhaps a no, a time, or an alarm of somebody who does not know the word."""
    words = folded.text.split()
    if len(words) <= 8 and _CANNOT.search(folded.text):
        return Said("no")
    minutes = _IN_MINUTES.search(folded.text)
    if minutes and len(words) <= 8 and not _NEGATIVE.search(folded.text) and 2 <= int(minutes.group(1)) <= LONGEST_ETA:
        return Said("eta", minutes=int(minutes.group(1)))
    if len(words) < SENTENCE:
        return guess
    return NotUnderstood(words[0], "alarm", Said("alarm", text.strip()), "sentence")


def _guess(folded: Folded, place: Where, to_bot: bool) -> Heard:
    """The word of the grammar that a mistyped first word is nearest to; never run, only asked about."""
    first = _FIRST_WORD.match(folded.text)
    word = first.group().strip(".") if first else ""
    if not to_bot and place == "management":
        return Chat()
    found = _nearest(word, SIMILAR if to_bot or place == "alarm" else SIMILAR_IN_ROOM)
    if found is None:
        return NotUnderstood(word or folded.text[:1]) if to_bot else Chat()
    verb, shown = found
    spoken = "incident" if place == "closed" else place
    # in the alarm room a mistyped alarm must not be lost, and talk is talk; in an incident's room a short word may be anything
    talk = verb.name != "alarm" if place == "alarm" else len(word) < LONG_WORD
    if not to_bot and (talk or spoken not in verb.places):
        return Chat()
    rest = folded.after(first.end() if first else 0)
    fitted = _fitted(verb, shown, rest, True)
    meant = fitted if isinstance(fitted, Said) and verb.fuzzy else None
    if meant is None and verb.fuzzy and verb.argument == "none":
        meant = Said(verb.name)
    return NotUnderstood(word, shown, meant, verb=verb.name)


def _nearest(word: str, least: float) -> tuple[Verb, str] | None:
    if len(word) < SHORTEST_FUZZY or word in _NEVER_MISTYPED:
        return None
    best: tuple[float, Verb, str] | None = None
    for verb in VERBS:
        for known, shown in (*((w, w) for w in verb.words), *((n, verb.nl[0]) for n in verb.near)):
            if " " in known or len(known) < SHORTEST_FUZZY:
                continue
            likeness = DamerauLevenshtein.normalized_similarity(word, known)
            if likeness >= least and (best is None or likeness > best[0]):
                best = likeness, verb, shown
    return None if best is None else (best[1], best[2])
