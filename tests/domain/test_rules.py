"""The rules that the bot was made to keep, each with a test of its own; docs/rules.md says them in the same order."""

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from bot.domain import commands as c
from bot.domain import entries as e
from bot.domain import messages as m
from bot.domain.announce import announce
from bot.domain.authority import INTERNAL, WHO_MAY
from bot.domain.contacts import Reference
from bot.domain.ids import PersonId, PlaybookId, RoleId
from bot.domain.incident import Incident, evolve
from bot.domain.origin import Origin
from bot.domain.personal_data import find
from bot.domain.playbook import BASE
from bot.domain.reasons import missing, standing
from bot.reference.load import load_reference
from bot.words.card_words import CardWords
from bot.words.catalogue import LANGUAGES, load
from bot.words.grammar import VERBS
from bot.words.intervention_words import interventions
from bot.words.render import is_worded, render
from tests.builders import Case, by, of

ROOT: Final = Path(__file__).parents[2]
CATALOGUE: Final = load()
PLAYBOOKS: Final = tuple(sorted((ROOT / "playbooks").glob("PB*.yaml")))
MODULES: Final = tuple(sorted((ROOT / "bot").rglob("*.py")))


@pytest.fixture(scope="module")
def reference() -> Reference:
    loaded = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    assert isinstance(loaded, Reference), loaded
    return loaded


class Room(Case):
    """An incident of the example region that is worked in: who was called has come."""

    def __init__(self, reference: Reference, text: str = "PB01: dit speelt er", **alarm: Any) -> None:  # noqa: ANN401
        super().__init__()
        self.world = replace(self.world, reference=reference)
        self.officer = PersonId("bakker")
        self.do(c.RaiseAlarm(text=f"Waterbrug {text}", by=self.by("bakker"), **alarm))
        self.opens_room()
        for page in tuple(self.incident.pages.values()):
            self.do(c.Acknowledge(page=page.id, answer_by="text", by=self.by(page.person)))

    def by(self, person: str) -> Origin:
        known = self.world.reference.contacts.people[PersonId(person)].accounts[0]
        return Origin(actor=PersonId(person), account=known, via="text", room="main", proof="known_device")

    def messages(self) -> Iterator[m.Message]:
        incident = Incident(self.incident.id)
        for entry, at in self.told:
            incident = evolve(incident, entry, at)
            yield from announce(incident, entry, at)

    def refused(self, command: c.Command) -> str:
        with pytest.raises(c.Refused) as refused:
            self.do(command)
        return refused.value.code


def said(message: m.Message) -> str:
    assert is_worded(message)
    return render(message, CATALOGUE, lambda person: f"@{person}:iog.example").body


def documents() -> Iterator[tuple[str, dict[str, Any]]]:
    for path in PLAYBOOKS:
        yield path.name, yaml.safe_load(path.read_text(encoding="utf-8"))


# --- who decides ------------------------------------------------------------------------------------------------------


def test_r01_the_bot_never_decides_and_every_decision_has_a_competent_role(reference: Reference) -> None:
    """The bot asks, records and reminds. Every decision that can be taken belongs to a named role."""
    for kind in reference.decisions.values():
        assert all(option.competent for option in kind.options), kind.id
    decides = {c.TakeDecision, c.RecordDecision, c.ConfirmDecision, c.ChangeDecision, c.WithdrawDecision}
    assert not decides & INTERNAL
    room = Room(reference)
    for _ in range(48):
        room.after(minutes=30).tick()
    assert not of(e.DecisionRecorded, (entry for entry, _ in room.told))
    assert room.refused(c.TakeDecision(point="B7", option=2, by=room.by("bakker"))) == "which_capacity"
    room.do(c.TakeDecision(point="B7", option=2, capacity="advice", by=room.by("bakker")))
    room.do(c.TakeDecision(point="B7", option=2, capacity="on_behalf", by=room.by("bakker")))
    advice, order = room.incident.decisions
    assert standing(room.incident, advice) == "advice"
    assert order.taken_by == "burgemeester"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_r02_no_power_to_order_a_post_removed_is_suggested(reference: Reference, lang: Any) -> None:  # noqa: ANN401
    """A mayor has no settled power to order a post removed: it cannot be chosen, and the card says so in its first line."""
    room = Room(reference)
    order = reference.decisions["B7"]
    number = next(n for n, option in enumerate(order.options, start=1) if option.id.startswith("verwijderbevel"))
    assert room.refused(c.TakeDecision(point="B7", option=number, by=room.by("bakker"))) == "no_law"
    words = CardWords(CATALOGUE, lang, reference)
    status = CATALOGUE.text(lang, "handbook.status_geen_vaststaande_bevoegdheid")
    unsettled = [b.code for b in reference.handbook.bases.values() if b.status == "geen_vaststaande_bevoegdheid"]
    assert unsettled
    for code in unsettled:
        lines, _ = words.answer(code)
        assert status.casefold() in lines[0].casefold(), lines
    assert not [m for m in reference.handbook.measures_for(None, None) if m.option.startswith("verwijderbevel")]


def test_r03_a_decision_stays_open_until_every_reason_was_given(reference: Reference) -> None:
    """Basis, facts, causality, proportionality, subsidiarity, fundamental rights, time and area: not applicable wants a because."""
    room = Room(reference)
    room.do(c.TakeDecision(point="B7", option=4, capacity="on_behalf", by=room.by("bakker")))
    room.do(c.ConfirmDecision(decision=1, by=room.by("vandijk")))
    decision = room.incident.decisions[0]
    asked = {reason.id for reason in missing(room.incident, decision)}
    assert asked >= {"feiten", "grondslag", "proportionaliteit", "subsidiariteit", "grondrechten", "doel", "gebied"}
    assert any("causaliteit" in reason or "oorzaak" in reason or reason.startswith("b4") for reason in asked), asked
    for reason in sorted(asked):
        assert standing(room.incident, room.incident.decisions[0]) == "open"
        empty = c.GiveReason(decision=1, reason=reason, text=" ", applies=False, by=room.by("bakker"))
        assert room.refused(empty) == "why_not_applicable"
        assert room.refused(replace(empty, applies=True)) == "text_needed"
        room.do(replace(empty, text="het om één plein gaat"))
    assert standing(room.incident, room.incident.decisions[0]) == "complete"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_r04_interventions_come_lightest_first_and_doing_nothing_is_one(reference: Reference, lang: Any) -> None:  # noqa: ANN401
    """To follow without personal data and do no more is a choice that stands in the log; an emergency order is the last."""
    measures = reference.handbook.measures_for(None, None)
    order = [measure.option for measure in measures if measure.decision == "B7"]
    assert order.index("licht_bevel_172_3") < order.index("noodbevel_175")
    first = measures[0]
    assert (first.decision, first.option) == ("B5", "niets_wel_volgen")
    options = reference.decisions[first.decision].options
    lines, _ = interventions(CATALOGUE, lang, reference, None)
    label = next(o.label for o in options if o.id == first.option)
    assert (label.nl if lang == "nl" else label.en) in lines[1]
    room = Room(reference)
    number = [o.id for o in options].index(first.option) + 1
    room.do(c.TakeDecision(point=first.decision, option=number, capacity="on_behalf", by=room.by("bakker")))
    assert room.incident.decisions[0].option == first.option


# --- what is recorded -------------------------------------------------------------------------------------------------


def test_r05_kinds_of_lines_are_apart_timed_and_attributed_to_a_role(reference: Reference) -> None:
    """Fact, assumption, interpretation, decision, action and communication are different things, each said in a role."""
    room = Room(reference)
    for kind in ("feit", "aanname", "duiding", "communicatie"):
        room.do(c.RecordLine(kind=kind, text=f"een {kind}", by=room.by("vandijk")))
    room.do(c.GiveAction(text="bel de school", by=room.by("vandijk")))
    room.do(c.RecordDecision(text="we volgen dit", by=room.by("vandijk")))
    recorded = [
        (entry, at) for entry, at in room.told if isinstance(entry, e.LineRecorded | e.ActionGiven | e.DecisionRecorded)
    ]
    lines = of(e.LineRecorded, (entry for entry, _ in recorded))
    assert [line.kind for line in lines] == ["feit", "aanname", "duiding", "communicatie"]
    assert len(recorded) == 6
    for entry, at in recorded:
        assert entry.origin.acting_as == "coordinator"
        assert at == room.world.now


def test_r06_personal_data_in_the_room_is_warned_of_and_marked(reference: Reference) -> None:
    """Names, accounts, numbers: the writer is told at once, the log marks the kind, and the answer repeats nothing."""
    room = Room(reference)
    text = f"volgens dhr. Jansma, @piet_op_snap, tiktok.com/@piet.op.snap en 06-0000{1234}"
    line = of(e.LineRecorded, room.do(c.RecordLine(kind="feit", text=text, by=room.by("bakker"))))[0]
    assert {"name", "handle", "profile", "phone"} <= set(find(text))
    warned = of(m.PersonalDataSeen, room.messages())
    assert [(w.to.kind, w.to.name, w.about) for w in warned] == [("person", "bakker", "line")]
    assert set(warned[0].kinds) == set(find(text))
    for word in ("Jansma", "piet", "00001234"):
        assert word not in said(warned[0])
    assert line.text == text  # nothing is lost: what was said stays until somebody says it otherwise


def test_r07_nothing_watches_searches_or_pretends(reference: Reference) -> None:
    """No monitoring, no scraping, no looking up of accounts, no false accounts: nothing in the program leads to a platform."""
    platforms = "|".join(
        ("tiktok", "snapchat", "instagram", "facebook", "telegram", "discord", "youtube", "twitter", "reddit")
    )
    hosts = re.compile(rf"https?://[^\s\"']*({platforms})", re.IGNORECASE)
    assert [path.name for path in MODULES if hosts.search(path.read_text(encoding="utf-8"))] == []
    # the addresses are filled in by whoever looked them up, and are shown and never opened
    assert all(not p.report_url and not p.authority_url for p in reference.handbook.platforms)
    opened = re.compile(r"report_url|authority_url")
    readers = {p.relative_to(ROOT).as_posix() for p in MODULES if opened.search(p.read_text(encoding="utf-8"))}
    assert readers <= {
        "bot/domain/cards.py", "bot/reference/cards.py", "bot/reference/models.py", "bot/reference/check.py",
        "bot/words/card_words.py", "bot/reference/problems.py", "bot/words/card_sections.py",
    }, readers  # fmt: skip
    watching = re.compile(r"\b(volg|monitor|zoek|scrape|search|watch|track|lookup|profiel|profile)\w*", re.IGNORECASE)
    assert [verb.name for verb in VERBS if any(watching.fullmatch(word) for word in verb.words)] == []


def test_r08_red_flags_hold_no_personal_data(reference: Reference) -> None:
    """What a municipality looks at are signals about a phenomenon: weights and sums, never a person."""
    signals = [signal for group in reference.handbook.signals for signal in group.signals]
    assert len(signals) >= 20
    assert any(signal.weight < 0 for signal in signals)  # what calms counts too
    for signal in signals:
        assert find(signal.text.nl) == find(signal.text.en) == ()
    assert {f.name for f in fields(type(signals[0]))} == {"code", "text", "weight"}
    shown, _ = CardWords(CATALOGUE, "nl", reference).answer("rode vlaggen")
    assert find("\n".join(shown)) == ()


def test_r09_the_record_is_complete_and_in_order(reference: Reference) -> None:
    """What became of an incident is folded from its entries and nothing else; no command takes an entry away. What two people
    erase are words: the entry stays, and another says that they are gone.

    That the export of it verifies elsewhere, and that one changed byte is found, tests/dossier and tests/logbook show.
    """
    room = Room(reference)
    room.do(c.RecordLine(kind="feit", text="40 jongeren", by=room.by("bakker")))
    room.do(c.ReplaceLine(line=1, text="30 jongeren", by=room.by("bakker")))
    room.do(c.RecordDecision(text="we volgen dit", by=room.by("bakker")))
    room.do(c.WithdrawDecision(decision=1, reason="te vroeg", by=room.by("bakker")))
    again = Incident(room.incident.id)
    for entry, at in room.told:
        again = evolve(again, entry, at)
    assert again == room.incident
    assert [line.text for line in of(e.LineRecorded, (x for x, _ in room.told))] == ["40 jongeren", "30 jongeren"]
    moments = [at for _, at in room.told]
    assert moments == sorted(moments)
    assert not [name for name in vars(c) if re.match(r"(Delete|Erase(?!Now)|Remove(?!Source)|Rewrite)", name)]


def test_r10_each_line_has_a_class_of_who_may_read_it(reference: Reference) -> None:
    """Every line says how confidential it is, so that a copy can leave it out; the class can be changed and both stay."""
    room = Room(reference)
    room.do(c.RecordLine(kind="feit", text="een", by=room.by("bakker")))
    room.do(c.QualifyLine(line=1, confidentiality="vertrouwelijk", by=room.by("bakker")))
    room.do(c.RecordLine(kind="feit", text="twee", by=replace(room.by("bakker"), confidentiality="openbaar")))
    classes = [line.origin.confidentiality for line in of(e.LineRecorded, (x for x, _ in room.told))]
    assert classes[1] == "openbaar"
    assert classes[0] == "intern"
    assert room.incident.log_lines[1].confidentiality == "vertrouwelijk"


def test_r11_talk_about_persons_needs_a_basis_of_its_own(reference: Reference) -> None:
    """A room is no alliance for sharing personal data: B10 asks where it goes instead, and who takes no part reads nothing."""
    asked = [step for book in reference.playbooks.values() for step in book.steps if step.decision == "B10"]
    assert asked
    assert reference.decisions["B10"].competent == (RoleId("coordinator"),)
    assert any("Wgs" in " ".join(step.basis) for step in asked)
    room = Room(reference, "PB07: een gerucht")
    outside = "kok"
    assert PersonId(outside) not in {page.person for page in room.incident.pages.values()}
    for command in (
        c.RecordLine(kind="feit", text="x", by=room.by(outside)),
        c.FinishStep(by=room.by(outside)),
        c.RecordDecision(text="x", by=room.by(outside)),
    ):
        assert room.refused(command) == "not_allowed"
    assert not [m for m in room.messages() if getattr(getattr(m, "to", None), "person", None) == outside]


def test_r12_a_drill_is_marked_in_all_that_it_says(reference: Reference) -> None:
    """Somebody who is called for a drill can never take it for the real thing."""
    room = Room(reference, "testalarm van de gemeente", exercise=True)
    assert room.incident.exercise
    worded = [one for one in room.messages() if is_worded(one)]
    assert worded
    mark = CATALOGUE.text("nl", "exercise.mark").strip().strip("*")
    assert "OEFENING" in mark
    assert [said(one) for one in worded if not said(one).startswith("🎓")] == []


# --- who is there -----------------------------------------------------------------------------------------------------


def test_r13_one_region_serves_many_municipalities(reference: Reference) -> None:
    """An alarm is of one municipality, its officers lead it, and those of another do not."""
    contacts = reference.contacts
    assert len(contacts.municipalities) >= 2
    room = Room(reference)
    assert room.incident.municipality == "waterbrug"
    others = [
        p for p in contacts.people.values() if RoleId("melder") in p.roles and p.municipality not in (None, "waterbrug")
    ]
    assert others
    for other in others:
        assert room.refused(c.ProposeClosing(by=room.by(other.id))) == "not_allowed"


def test_r14_every_expert_can_be_called_day_and_night_with_a_reserve(reference: Reference) -> None:
    """Four experts and three liaisons have somebody on duty and somebody behind them at every hour of a year."""
    contacts, at = reference.contacts, Case().world.now
    needed = [RoleId(f"expert_{x}") for x in ("cyber", "cter", "ondermijning", "zorg")]
    needed += [RoleId(x) for x in ("politie", "om", "communicatie", "coordinator")]
    for day in range(0, 365, 7):
        moment = at + timedelta(days=day, hours=day % 24)
        for role in needed:
            first, reserve = (contacts.on_call(role, layer, moment) for layer in ("eerste", "reserve"))
            assert first is not None, (role, moment)
            assert reserve is not None, (role, moment)
            assert first.id != reserve.id
    assert [step.whom for step in contacts.policy.steps] == ["eerste", "reserve", "coordinator"]
    assert contacts.fallback


def test_r15_when_and_where_come_first(reference: Reference) -> None:
    """The base steps ask for place and time before anything is judged, because they set how much time there is."""
    steps = reference.playbooks[BASE].steps
    asks = next(step for step in steps if "waar" in step.text.nl.casefold() or "plaats" in step.text.nl.casefold())
    assert asks.due <= timedelta(minutes=10)
    judged = min(step.due for step in steps if step.phase in ("oordeel", "besluit"))
    assert asks.due < judged


@pytest.mark.parametrize(("lang", "first"), [("nl", "112"), ("en", "112")])
def test_r16_when_life_is_in_danger_the_first_thing_said_is_112(reference: Reference, lang: Any, first: str) -> None:  # noqa: ANN401
    """Before the bot says that it heard the alarm, and before anybody is called, it says: call 112."""
    room = Room(reference, "steekpartij bij het station")
    assert of(e.AlarmRaised, (x for x, _ in room.told))[0].danger
    told = next(one for one in room.messages() if isinstance(one, m.AlarmReceived))
    assert first in said(replace(told, lang=lang)).split("\n")[0]


def test_r17_words_are_neutral_and_a_demonstration_is_a_right(reference: Reference) -> None:
    """Report, post, person concerned: only a prosecutor speaks of a suspect. What people stand for is not weighed."""
    called = re.compile(r"\b(verdachten?|daders?|suspects?|perpetrators?|offenders?|culprits?)\b", re.IGNORECASE)
    shown = [said for texts in CATALOGUE.texts.values() for said in texts.values()]
    shown += [text for book in reference.playbooks.values() for s in book.steps for text in (s.text.nl, s.text.en)]
    assert [text for text in shown if called.search(text)] == []
    protest = reference.playbooks[PlaybookId("PB02")]
    first = next(step for step in protest.steps if step.id == "PB02-1")
    assert "mogelijk maken" in first.text.nl
    assert any("WOM5-3" in step.basis and "inhoud" in step.text.nl for step in protest.steps)


# --- what it rests on -------------------------------------------------------------------------------------------------


def test_r18_playbooks_say_how_long_they_hold_and_which_law_is_no_law_yet(reference: Reference) -> None:
    """Valid from, to be looked at before, and by which lawyer; what rests on a bill is off until it is law."""
    found = dict(documents())
    assert len(found) == 12
    for name, document in found.items():
        assert document["geldig_vanaf"] < document["herzien_voor"], name
        assert document["juridisch_gecheckt_door"] == "", name  # no lawyer has, and the preview says so
    bills = [b for b in reference.handbook.bases.values() if b.flag]
    assert bills
    assert not [b.code for b in bills if b.on or b.carries]
    resting = [o for kind in reference.decisions.values() for o in kind.options if o.id.endswith("_36789")]
    assert resting
    for kind in reference.decisions.values():
        for number, option in enumerate(kind.options, start=1):
            if option in resting:
                order = c.TakeDecision(point=kind.id, option=number, capacity="on_behalf", by=by("bakker"))
                assert Room(reference).refused(replace(order, by=Room(reference).by("bakker"))) == "no_law"


def test_r19_it_does_not_pass_for_another_organisations_instrument() -> None:
    """Words of the field, and no claim to be the barrier model or the intervention card of others."""
    claim = re.compile(r"barri[eè]re ?model|barrier model|interventiekaart|intervention card", re.IGNORECASE)
    shown = [text for texts in CATALOGUE.texts.values() for text in texts.values() if claim.search(text)]
    assert shown == []
    assert [name for name, document in documents() if claim.search(str(document))] == []


def test_r20_a_report_the_decisions_and_the_timeline_can_be_read_on_a_phone_and_printed(reference: Reference) -> None:
    """Situation report, list of decisions and timeline: each a screen on a phone, and together in the dossier."""
    words = {word for verb in VERBS for word in verb.words}
    assert {"sitrap", "besluiten", "sitrep", "decisions"} <= words
    room = Room(reference)
    room.do(c.RecordSitrep(text="Rustig op straat.", by=room.by("bakker")))
    shown = next(one for one in room.messages() if isinstance(one, m.SitrepShown))
    assert "Rustig op straat." in said(shown)


# --- the list of rules ------------------------------------------------------------------------------------------------


def test_every_rule_on_the_page_has_a_test_and_every_test_its_rule() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    told = {int(number) for number in re.findall(r"^\| R(\d+) \|", page, re.MULTILINE)}
    tested = {int(hit[1]) for name in globals() if (hit := re.match(r"test_r(\d\d)_", name))}
    assert told == tested == set(range(1, 21))
    assert set(WHO_MAY) | INTERNAL == set(c.COMMANDS)
