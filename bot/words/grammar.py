"""Every word that people can type to the bot: the table from which parsing, help and the reference pages are made.

The table is longer than a module usually is, because a list in one place is the point of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.domain.ids import RoleId
from bot.domain.people import Duty, Language
from bot.domain.playbook import LineKind
from bot.domain.roster import Layer

Where = Literal["direct", "alarm", "incident", "closed", "circle", "management"]
Group = Literal["alarm", "answer", "steps", "record", "ask", "roster", "lead", "reach", "system"]
GROUPS: Final[tuple[Group, ...]] = ("alarm", "answer", "steps", "record", "ask", "roster", "lead", "reach", "system")

# What may follow the word. A question mark: may be left out. `topic` is a word of this table, `any` is ignored, `when` is a time in
# words, with whatever else belongs to it, for whoever knows the clock and the people.
Argument = Literal[
    "none", "any", "text", "text?", "number", "number?", "number text", "number text?", "number? text", "number? text?",
    "minutes?", "role", "role?", "roles", "playbook", "moment", "topic",
    "role? when?", "role over when", "role when", "person role when", "when", "called",
    "number outcome", "number answer", "number marks", "point", "point number text?",
    "day and time", "part text", "moment?", "timeline", "people",
    "number? named", "named", "duty named", "duty",
    "moment ahead", "observation",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """`nl` and `en` are exact words, the first of each the one to teach; `near` only leads to the question "did you mean …?".

    `roles` is a hint for help (empty: everybody); who may is decided by the domain. `fuzzy` false: after a mistyped word
    the whole word must be typed again, because running it by mistake costs too much. `rare`: not on the one screen of help.
    """

    name: str
    nl: tuple[str, ...]
    en: tuple[str, ...]
    places: frozenset[Where]
    group: Group
    argument: Argument = "none"
    roles: frozenset[RoleId] = frozenset()
    near: tuple[str, ...] = ()
    fuzzy: bool = True
    rare: bool = False

    def word(self, lang: Language) -> str:
        """The word to teach."""
        return (self.nl if lang == "nl" else self.en)[0]

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.nl, *self.en)))


_ALARM: Final[frozenset[Where]] = frozenset({"direct", "alarm", "management"})
_DIRECT: Final[frozenset[Where]] = frozenset({"direct"})
_ROOM: Final[frozenset[Where]] = frozenset({"direct", "incident"})
_READ: Final[frozenset[Where]] = frozenset({"direct", "incident", "closed"})
_ASK: Final[frozenset[Where]] = frozenset({"direct", "alarm", "incident", "closed", "management"})
_OPERATE: Final[frozenset[Where]] = frozenset({"direct", "management"})
_LEAD: Final = frozenset({RoleId("coordinator"), RoleId("melder")})
_COORDINATOR: Final = frozenset({RoleId("coordinator")})
_CIRCLE: Final[frozenset[Where]] = frozenset({"direct", "circle"})
# What is said in an incident's room and in its closed room alike: lines, free decisions, and what looks things up.
_ALSO_IN_CIRCLE: Final = frozenset(
    (
        "fact", "assumption", "interpretation", "communication", "external", "external_answer", "privacy", "evaluation",
        "correction", "question", "question_answer", "assumption_settled", "assumption_true", "assumption_false", "qualify",
        "replace_line", "show_line", "open", "decision", "confirm", "reason", "change", "withdraw", "decisions",
        "show_decision", "log", "card", "interventions", "more", "help", "export",
    )
)  # fmt: skip

_TABLE: Final[tuple[Verb, ...]] = (
    Verb(name="alarm", nl=("alarm",), en=("alert", "alarm"), places=_ALARM, group="alarm", argument="text?",
         roles=frozenset(RoleId(r) for r in ("melder", "coordinator", "politie", "iog")),
         near=("melding", "alarmeer", "noodgeval", "spoed")),
    Verb(name="now", nl=("nu",), en=("now",), places=_ALARM, group="alarm", roles=_LEAD),
    Verb(name="stop", nl=("stop",), en=("stop",), places=_ALARM, group="alarm", roles=_LEAD, fuzzy=False),
    Verb(name="domain", nl=("domein", "domeinen"), en=("domain", "domains"), places=_ALARM, group="alarm", argument="roles",
         roles=_LEAD, rare=True),
    Verb(name="expected", nl=("verwacht",), en=("expected",), places=_ALARM | _ROOM, group="alarm", argument="moment ahead",
         fuzzy=False, rare=True),
    Verb(name="same", nl=("zelfde", "hetzelfde"), en=("same",), places=_ALARM, group="alarm", roles=_LEAD, rare=True),
    Verb(name="yes", nl=("1", "ja", "ok", "oke", "okay", "kom", "ik kom", "komt eraan", "ben onderweg"),
         en=("1", "yes", "coming", "i am coming", "i'm coming", "on my way"), places=_DIRECT, group="answer", argument="any"),
    Verb(name="no", nl=("0", "nee", "kan niet", "ik kan niet", "kom niet", "ik kom niet"),
         en=("0", "no", "cannot", "can't", "cant", "i cannot", "i can't", "not coming"),
         places=_DIRECT, group="answer", argument="any"),
    # A bare number from 2 up is an answer too: I come in so many minutes. It has no word of its own.
    Verb(name="eta", nl=("15",), en=("15",), places=_DIRECT, group="answer", argument="none", fuzzy=False),
    Verb(name="take_over", nl=("neem over", "ik neem over"), en=("take over", "i take over"), places=_ROOM, group="lead",
         argument="role?", roles=_COORDINATOR, near=("overdracht", "overdragen", "overnemen", "overname", "handover")),
    Verb(name="not_yet", nl=("nog niet", "niet nu"), en=("not yet", "not now"), places=_DIRECT, group="lead", argument="role?",
         rare=True),
    Verb(name="done", nl=("klaar", "gedaan", "gereed"), en=("done",), places=_ROOM, group="steps", argument="number? text?",
         near=("afgerond", "finished")),
    Verb(name="skip", nl=("nvt", "n.v.t"), en=("n/a", "na", "skip"), places=_ROOM, group="steps", argument="number? text",
         near=("overslaan",)),
    Verb(name="claim", nl=("ik", "ik doe dit"), en=("me", "mine"), places=_ROOM, group="steps", argument="number?"),
    Verb(name="undo_step", nl=("herstel stap", "herstel"), en=("undo step", "undo"), places=_ROOM, group="steps",
         argument="number", rare=True),
    Verb(name="steps", nl=("stappen",), en=("steps",), places=_READ, group="steps", argument="any"),
    Verb(name="later", nl=("later", "later stap"), en=("later", "later step"), places=_ROOM, group="steps",
         argument="number? text?", fuzzy=False),
    Verb(name="pass_on_step", nl=("draag over", "draag stap over"), en=("pass on", "pass on step"), places=_ROOM, group="steps",
         argument="number? named", fuzzy=False, rare=True),
    Verb(name="round", nl=("ronde", "nieuwe ronde"), en=("round", "new round"), places=_ROOM, group="lead", roles=_COORDINATOR,
         fuzzy=False, rare=True),
    Verb(name="chair", nl=("voorzitter",), en=("chair",), places=_ROOM, group="lead", argument="named", fuzzy=False),
    Verb(name="note_taker", nl=("verslaglegger", "notulist"), en=("note-taker", "scribe"), places=_ROOM, group="lead",
         argument="named", fuzzy=False, rare=True),
    Verb(name="spokesperson", nl=("woordvoerder",), en=("spokesperson",), places=_ROOM, group="lead", argument="named",
         fuzzy=False, rare=True),
    Verb(name="duty", nl=("rol",), en=("role",), places=_ROOM, group="lead", argument="duty named", fuzzy=False, rare=True),
    Verb(name="lay_down", nl=("leg",), en=("lay down",), places=_ROOM, group="lead", argument="duty", fuzzy=False, rare=True),
    Verb(name="duties", nl=("rollen", "rolverdeling"), en=("roles",), places=_READ, group="ask", argument="moment?", fuzzy=False,
         rare=True),
    Verb(name="decision", nl=("besluit",), en=("decision",), places=_ROOM, group="record", argument="text",
         near=("beslissing", "besloten")),
    Verb(name="show_point", nl=("besluit",), en=("decision",), places=_ROOM, group="record", argument="point", fuzzy=False),
    Verb(name="take_point", nl=("besluit",), en=("decision",), places=_ROOM, group="record", argument="point number text?",
         fuzzy=False, rare=True),
    Verb(name="reasons", nl=("redenen",), en=("reasons",), places=_ROOM, group="record", argument="number", rare=True),
    Verb(name="revise", nl=("herzie", "herzie besluit"), en=("revise", "revise decision"), places=_ROOM, group="record",
         argument="number text", fuzzy=False, rare=True),
    Verb(name="review", nl=("herzien", "herzien besluit"), en=("review", "review decision"), places=_ROOM, group="record",
         argument="number text", fuzzy=False, rare=True),
    Verb(name="fact", nl=("feit",), en=("fact",), places=_ROOM, group="record", argument="text"),
    Verb(name="red_flag", nl=("rode vlag",), en=("red flag",), places=_ROOM, group="record", argument="text", fuzzy=False,
         rare=True),
    Verb(name="assumption", nl=("aanname",), en=("assumption",), places=_ROOM, group="record", argument="text"),
    Verb(name="interpretation", nl=("duiding",), en=("interpretation",), places=_ROOM, group="record", argument="text"),
    Verb(name="action", nl=("actie",), en=("action",), places=_ROOM, group="record", argument="text"),
    Verb(name="communication", nl=("communicatie",), en=("communication",), places=_ROOM, group="record", argument="text"),
    Verb(name="external", nl=("extern", "externe melding"), en=("external", "external report"), places=_ROOM, group="record",
         argument="text", fuzzy=False, rare=True),
    Verb(name="external_answer", nl=("extern", "externe melding"), en=("external", "external report"), places=_ROOM,
         group="record", argument="number answer", fuzzy=False, rare=True),
    Verb(name="privacy", nl=("privacytoets",), en=("privacy check",), places=_ROOM, group="record",
         argument="text", rare=True),
    Verb(name="evaluation", nl=("evaluatie", "leerpunt"), en=("evaluation", "lesson"), places=_ROOM, group="record",
         argument="text", rare=True),
    Verb(name="correction", nl=("correctie",), en=("correction",), places=_ROOM, group="record",
         argument="number? text", rare=True),
    Verb(name="question", nl=("kennisvraag",), en=("knowledge question",), places=_ROOM, group="record",
         argument="text", rare=True),
    Verb(name="question_answer", nl=("antwoord",), en=("answer",), places=_ROOM, group="record", argument="number text",
         fuzzy=False, rare=True),
    Verb(name="assumption_settled", nl=("aanname",), en=("assumption",), places=_ROOM, group="record",
         argument="number outcome", fuzzy=False, rare=True),
    Verb(name="assumption_true", nl=("klopt aanname", "aanname klopt"), en=("confirm assumption", "correct assumption"),
         places=_ROOM, group="record", argument="number text?", fuzzy=False, rare=True),
    Verb(name="assumption_false", nl=("weerleg aanname", "weerlegd aanname"), en=("refute assumption",), places=_ROOM,
         group="record", argument="number text?", fuzzy=False, rare=True),
    Verb(name="qualify", nl=("regel",), en=("line",), places=_ROOM, group="record", argument="number marks", fuzzy=False,
         rare=True),
    Verb(name="replace_line", nl=("vervang", "vervang regel"), en=("replace", "replace line"), places=_ROOM, group="record",
         argument="number text", fuzzy=False, rare=True),
    Verb(name="show_line", nl=("regel", "toon regel"), en=("line", "show line"), places=_READ, group="ask", argument="number",
         fuzzy=False, rare=True),
    Verb(name="actions", nl=("acties", "actielijst"), en=("actions", "action list"), places=_READ, group="ask"),
    Verb(name="open", nl=("open",), en=("open",), places=_READ, group="ask", fuzzy=False),
    Verb(name="sitrep", nl=("sitrap",), en=("sitrep",), places=_ROOM, group="record", argument="text",
         near=("situatierapport", "situation")),
    # `sitrap` alone asks for a draft, `sitrap 5 …` changes it; neither records anything
    Verb(name="sitrep_draft", nl=("sitrap",), en=("sitrep",), places=_ROOM, group="record"),
    Verb(name="sitrep_part", nl=("sitrap",), en=("sitrep",), places=_ROOM, group="record", argument="part text", fuzzy=False,
         rare=True),
    Verb(name="sitrep_yes", nl=("sitrap ja", "sitrap klopt"), en=("sitrep yes", "sitrep correct"), places=_ROOM, group="record",
         fuzzy=False, rare=True),
    Verb(name="sitrep_lcms", nl=("sitrap lcms",), en=("sitrep lcms",), places=_READ, group="ask", rare=True),
    Verb(name="show_sitrep", nl=("toon sitrap",), en=("show sitrep",), places=_READ, group="ask", argument="number?", rare=True),
    Verb(name="sitrep_same", nl=("sitrap geen wijziging",), en=("sitrep no change",), places=_ROOM, group="record", rare=True),
    Verb(name="sitrep_later", nl=("sitrap later",), en=("sitrep later",), places=_ROOM, group="record",
         argument="minutes?", rare=True),
    Verb(name="sitrep_stop", nl=("sitrap stop",), en=("sitrep stop",), places=_ROOM, group="record", fuzzy=False, rare=True),
    Verb(name="confirm", nl=("klopt", "besluit klopt"), en=("correct", "decision correct"), places=_ROOM, group="record",
         argument="number", rare=True),
    Verb(name="reason", nl=("reden",), en=("reason",), places=_ROOM, group="record", argument="number? text",
         near=("waarom", "omdat", "because")),
    Verb(name="change", nl=("wijzig", "wijzig besluit"), en=("change", "change decision"), places=_ROOM, group="record",
         argument="number text", near=("wijziging", "verander")),
    Verb(name="withdraw", nl=("trek in", "trek besluit in", "intrekken"), en=("withdraw", "withdraw decision"), places=_ROOM,
         group="record", argument="number text?"),
    Verb(name="status", nl=("status",), en=("status",), places=_ASK, group="ask", argument="any"),
    Verb(name="who", nl=("wie", "wie heeft dienst"), en=("who", "who is on call"), places=_ASK, group="ask",
         argument="role? when?"),
    Verb(name="decisions", nl=("besluiten", "besluitenlijst"), en=("decisions",), places=_READ, group="ask"),
    Verb(name="show_decision", nl=("besluit", "toon besluit"), en=("decision", "show decision"), places=_READ, group="ask",
         argument="number"),
    Verb(name="state_at", nl=("stand om", "stand"), en=("state at", "state"), places=_READ, group="ask", argument="moment?"),
    Verb(name="log", nl=("logboek", "log"), en=("log", "logbook"), places=_READ, group="ask", argument="number?"),
    Verb(name="timeline", nl=("tijdlijn",), en=("timeline",), places=_READ, group="ask", argument="timeline"),
    Verb(name="catch_up", nl=("bijpraten", "praat me bij"), en=("catch up", "catch me up"), places=_READ, group="ask"),
    Verb(name="card", nl=("kaart", "kaarten"), en=("card", "cards"), places=_READ, group="ask", argument="text?"),
    Verb(name="interventions", nl=("interventies",), en=("interventions",), places=_READ, group="ask",
         near=("interventie", "maatregelen", "measures")),
    Verb(name="more", nl=("meer",), en=("more",), places=_ASK, group="ask"),
    Verb(name="help", nl=("help", "hulp", "hlp", "?"), en=("help", "?"), places=_ASK, group="ask", argument="topic",
         near=("commando", "commands")),
    Verb(name="roster", nl=("rooster",), en=("roster", "schedule"), places=_ASK, group="roster", argument="role?"),
    Verb(name="calendar", nl=("agenda",), en=("calendar",), places=_DIRECT, group="roster", argument="role?", rare=True),
    Verb(name="calendar_stop", nl=("agenda stop",), en=("calendar stop",), places=_DIRECT, group="roster", fuzzy=False,
         rare=True),
    Verb(name="stand_in", nl=("neem", "ik neem", "neem over", "ik neem over"), en=("take", "i take", "take over", "i take over"),
         places=_ASK, group="roster", argument="role over when"),
    Verb(name="swap", nl=("ruil", "ruilen"), en=("swap", "trade"), places=_ASK, group="roster", argument="role when",
         near=("wissel", "omruilen")),
    Verb(name="swap_yes", nl=("ruil ja",), en=("swap yes",), places=_DIRECT, group="roster", argument="number", fuzzy=False,
         rare=True),
    Verb(name="swap_no", nl=("ruil nee",), en=("swap no",), places=_DIRECT, group="roster", argument="number", fuzzy=False,
         rare=True),
    Verb(name="absent", nl=("afwezig", "ik ben afwezig"), en=("absent", "i am absent", "away", "i am away"), places=_ASK,
         group="roster", argument="when", near=("vakantie", "holiday")),
    Verb(name="assign", nl=("zet",), en=("put",), places=_ASK, group="roster", argument="person role when", roles=_COORDINATOR,
         rare=True),
    Verb(name="undo_roster", nl=("rooster herstel", "herstel rooster"), en=("roster undo", "undo roster"), places=_ASK,
         group="roster", argument="number?", fuzzy=False, rare=True),
    Verb(name="page", nl=("roep", "roep op"), en=("page", "call"), places=_ROOM, group="lead", argument="called",
         near=("oproepen",)),
    Verb(name="escalate", nl=("escaleer", "schaal op"), en=("escalate",), places=_ROOM, group="lead", argument="role?",
         roles=_LEAD, fuzzy=False, near=("opschalen", "escalatie")),
    Verb(name="numbers", nl=("toon nummers",), en=("show numbers",), places=_ROOM, group="lead",
         roles=_COORDINATOR, fuzzy=False),
    Verb(name="playbook", nl=("draaiboek",), en=("playbook",), places=_ROOM, group="lead", argument="playbook", roles=_LEAD),
    Verb(name="close", nl=("sluit",), en=("close",), places=_ROOM, group="lead", roles=_LEAD, fuzzy=False,
         near=("sluiten", "afsluiten", "einde")),
    Verb(name="close_yes", nl=("sluit ja",), en=("close yes",), places=_ROOM, group="lead", argument="text?", roles=_LEAD,
         fuzzy=False, rare=True),
    Verb(name="close_no", nl=("sluit nee",), en=("close no",), places=_ROOM, group="lead", roles=_LEAD, rare=True),
    Verb(name="reopen", nl=("heropen",), en=("reopen",), places=_READ, group="lead", argument="text?", roles=_LEAD,
         near=("heropenen",)),
    Verb(name="finish_incident", nl=("rond af", "afronden"), en=("finish",), places=_READ, group="lead", argument="text?",
         roles=_LEAD, fuzzy=False, rare=True),
    Verb(name="plan_evaluation", nl=("evaluatie",), en=("evaluation",), places=_ROOM, group="lead", argument="day and time",
         roles=_LEAD, fuzzy=False, rare=True),
    Verb(name="indicators", nl=("evaluatie",), en=("evaluation",), places=_READ, group="ask", roles=_LEAD, fuzzy=False, rare=True),
    Verb(name="picture", nl=("regiobeeld", "regionaal beeld"), en=("regional picture",), places=_READ | {"management"}, group="ask",
         argument="text?", roles=_COORDINATOR, rare=True),
    Verb(name="lessons", nl=("lessen",), en=("lessons",), places=_READ | {"management"}, group="ask", argument="text?",
         roles=_COORDINATOR, fuzzy=False, rare=True),
    Verb(name="open_questions", nl=("kennisvragen",), en=("knowledge questions",), places=_READ | {"management"}, group="ask",
         roles=_COORDINATOR, fuzzy=False, rare=True),
    Verb(name="observation", nl=("waarneming",), en=("observation",), places=_READ, group="record", argument="observation",
         roles=_COORDINATOR, fuzzy=False, rare=True),
    Verb(name="improvement", nl=("verbeterpunt",), en=("improvement",), places=_READ, group="record", argument="text",
         fuzzy=False, rare=True),
    Verb(name="improvements", nl=("verbeterpunten",), en=("improvements",), places=_READ, group="ask", fuzzy=False, rare=True),
    Verb(name="erase", nl=("wis",), en=("erase",), places=_READ, group="lead", argument="text", roles=_COORDINATOR, fuzzy=False,
         rare=True),
    Verb(name="erase_yes", nl=("wis klopt", "wis ja"), en=("erase correct", "erase yes"), places=_READ, group="lead", roles=_LEAD,
         fuzzy=False, rare=True),
    Verb(name="hold", nl=("bewaar alles", "bewaar"), en=("keep everything", "keep"), places=_READ, group="lead", argument="text",
         roles=_COORDINATOR, fuzzy=False, rare=True),
    Verb(name="lift_hold", nl=("bewaar niet langer",), en=("keep no longer",), places=_READ, group="lead", argument="text",
         roles=_COORDINATOR, fuzzy=False, rare=True),
    Verb(name="survey_results", nl=("enquete",), en=("survey",), places=_READ, group="ask", roles=_LEAD, fuzzy=False,
         rare=True),
    Verb(name="export", nl=("export", "exporteer"), en=("export",), places=_READ | {"management"}, group="lead", roles=_LEAD,
         argument="text?", fuzzy=False, near=("dossier",)),
    Verb(name="my_number", nl=("nummer", "mijn nummer", "telefoonnummer", "mijn telefoonnummer", "mobiel"),
         en=("number", "my number", "phone number", "my phone number"), places=_DIRECT, group="reach", argument="text",
         fuzzy=False, rare=True),
    Verb(name="my_mail", nl=("mail", "e-mail", "mijn mail", "mailadres"), en=("mail", "e-mail", "my mail"), places=_DIRECT,
         group="reach", argument="text", fuzzy=False, rare=True),
    Verb(name="my_push", nl=("push",), en=("push",), places=_DIRECT, group="reach", fuzzy=False, rare=True),
    Verb(name="my_pushover", nl=("pushover",), en=("pushover",), places=_DIRECT, group="reach", argument="text", fuzzy=False,
         rare=True),
    Verb(name="code", nl=("code",), en=("code",), places=_DIRECT, group="reach", argument="text?", fuzzy=False, rare=True),
    Verb(name="reachable", nl=("bereikbaar", "mijn kanalen"), en=("reachable", "my channels"), places=_DIRECT, group="ask",
         near=("bereikbaarheid",)),
    Verb(name="forget", nl=("verwijder",), en=("remove",), places=_DIRECT, group="reach", argument="text", fuzzy=False,
         rare=True),
    Verb(name="night_ready", nl=("nachtklaar",), en=("night ready", "nightready"), places=_DIRECT, group="ask",
         argument="text?"),
    Verb(name="test", nl=("test",), en=("test",), places=_DIRECT, group="reach", rare=True),
    Verb(name="heard", nl=("gehoord",), en=("heard",), places=_DIRECT, group="reach", argument="text", fuzzy=False, rare=True),
    Verb(name="not_heard", nl=("niet gehoord",), en=("not heard",), places=_DIRECT, group="reach", argument="text", fuzzy=False,
         rare=True),
    Verb(name="test_alarm", nl=("testalarm", "proefalarm"), en=("test alarm",), places=_DIRECT, group="alarm",
         roles=frozenset({RoleId("melder"), RoleId("coordinator")}), fuzzy=False, rare=True),
    Verb(name="channels", nl=("kanalen",), en=("channels",), places=_OPERATE, group="system", roles=_COORDINATOR, rare=True),
    Verb(name="reload", nl=("herlaad",), en=("reload",), places=_OPERATE, group="system", roles=_COORDINATOR, fuzzy=False,
         near=("herladen",)),
    Verb(name="involve", nl=("buurgemeente",), en=("neighbour", "neighbouring municipality"), places=_ROOM, group="lead",
         argument="text", roles=_LEAD, fuzzy=False),
    Verb(name="release", nl=("geen buurgemeente", "niet buurgemeente"), en=("no neighbour", "not neighbour"), places=_ROOM,
         group="lead", argument="text", roles=_LEAD, fuzzy=False, rare=True),
    Verb(name="wide", nl=("bovenregionaal",), en=("supraregional",), places=_ROOM, group="lead", argument="text", roles=_LEAD,
         fuzzy=False),
    Verb(name="not_wide", nl=("niet bovenregionaal",), en=("not supraregional",), places=_ROOM, group="lead", argument="text",
         roles=_LEAD, fuzzy=False, rare=True),
    Verb(name="language", nl=("taal",), en=("language",), places=_ROOM, group="lead", argument="text", fuzzy=False, rare=True),
    Verb(name="form_circle", nl=("vertrouwelijk", "besloten kring"), en=("confidential", "closed circle"), places=_DIRECT,
         group="lead", argument="text?", fuzzy=False),
    Verb(name="show_circle", nl=("kring",), en=("circle",), places=_CIRCLE, group="ask", fuzzy=False, rare=True),
    Verb(name="widen_circle", nl=("kring",), en=("circle",), places=_CIRCLE, group="lead", argument="people", fuzzy=False,
         rare=True),
    Verb(name="narrow_circle", nl=("kring zonder",), en=("circle without",), places=_CIRCLE, group="lead", argument="people",
         fuzzy=False, rare=True),
)  # fmt: skip
VERBS: Final[tuple[Verb, ...]] = tuple(
    replace(verb, places=verb.places | {"circle"}) if verb.name in _ALSO_IN_CIRCLE else verb for verb in _TABLE
)
BY_NAME: Final[Mapping[str, Verb]] = {verb.name: verb for verb in VERBS}

# The verbs that put a line of one kind in the log.
LINE_KINDS: Final[Mapping[str, LineKind]] = {
    "fact": "feit",
    "assumption": "aanname",
    "interpretation": "duiding",
    "action": "actie",
    "communication": "communicatie",
    "external": "externe_melding",
    "privacy": "privacytoets",
    "evaluation": "evaluatie",
    "correction": "correctie",
    "question": "kennisvraag",
}

# How people name a role; the first Dutch and the first English word are taught.
ROLE_WORDS: Final[Mapping[RoleId, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    RoleId("expert_cyber"): (("cyber",), ("cyber",)),
    RoleId("expert_cter"): (("cter", "extremisme"), ("cter", "extremism")),
    RoleId("expert_ondermijning"): (("ondermijning",), ("undermining",)),
    RoleId("expert_zorg"): (("zorg",), ("care",)),
    RoleId("politie"): (("politie",), ("police",)),
    RoleId("om"): (("om", "ovj", "officier"), ("prosecution", "prosecutor")),
    RoleId("communicatie"): (("communicatie", "woordvoering"), ("communications", "communication")),
    RoleId("coordinator"): (("coordinator",), ("coordinator",)),
    RoleId("iog"): (("iog",), ("iog",)),
    RoleId("burgemeester"): (("burgemeester",), ("mayor",)),
    RoleId("jurist"): (("jurist",), ("lawyer", "legal")),
    RoleId("melder"): (("melder", "oov"), ("reporter",)),
}


# How people name the layers of a roster.
LAYER_WORDS: Final[Mapping[str, Layer]] = {
    "eerste": "eerste", "first": "eerste", "reserve": "reserve", "achterwacht": "reserve", "backup": "reserve",
}  # fmt: skip

# What a timeline can be narrowed to, by what people call it.
CHAPTERS: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "decisions": (("besluiten", "besluit"), ("decisions", "decision")),
    "facts": (("feiten", "feit"), ("facts", "fact")),
    "assumptions": (("aannames", "aanname", "duidingen", "duiding"), ("assumptions", "interpretations")),
    "lines": (("regels", "vastgelegd"), ("lines", "recorded")),
    "actions": (("acties", "actie"), ("actions", "action")),
    "steps": (("stappen", "stap"), ("steps", "step")),
    "sitreps": (("sitraps", "sitrap"), ("sitreps", "sitrep")),
    "people": (("mensen", "oproepen"), ("people", "pages")),
    "communication": (("communicatie",), ("communication",)),
    "outside": (("extern", "meldingen"), ("external", "reports")),
}  # fmt: skip


# How people name a duty; the first Dutch and the first English word are taught.
DUTY_WORDS: Final[Mapping[Duty, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "voorzitter": (("voorzitter",), ("chair",)),
    "verslaglegger": (("verslaglegger", "notulist"), ("note-taker", "scribe")),
    "woordvoerder": (("woordvoerder",), ("spokesperson",)),
    "liaison": (("liaison",), ("liaison",)),
    "loco_burgemeester": (("loco-burgemeester", "locoburgemeester", "loco"), ("deputy mayor", "deputy")),
    "waarnemer": (("waarnemer",), ("observer",)),
}
# The verbs that are the word of a duty.
DUTY_VERBS: Final[Mapping[str, Duty]] = {
    "chair": "voorzitter", "note_taker": "verslaglegger", "spokesperson": "woordvoerder",
}  # fmt: skip


def role_word(role: RoleId, lang: Language) -> str:
    """What to type for a role; a role without a word is typed as its id."""
    words = ROLE_WORDS.get(role)
    return words[0 if lang == "nl" else 1][0] if words else str(role)
