"""The cards as people read them on a phone: first what it is and how settled, then what it is for, its limit, its source."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from bot.domain.cards import LegalBasis, Phenomenon, Platform, Route, SignalGroup
from bot.domain.contacts import Reference
from bot.domain.ids import RoleId
from bot.domain.messages import Answer
from bot.domain.people import Language
from bot.domain.playbook import Both, DecisionType
from bot.words.card_index import GROUPS, Found, cards, find
from bot.words.catalogue import Catalogue
from bot.words.names import role_names
from bot.words.replies import Lines
from bot.words.shown import shorten

HEAVY: Final = 3  # the weight of a red flag that the first card names outright
_QUOTED: Final = 40
_AROUND: Final = " .!)"
Choices = tuple[str, ...]  # the cards that the numbers in the lines stand for


def is_number(said: str) -> bool:
    """Whether it may choose from a list."""
    number = said.strip(_AROUND)
    return number.isascii() and number.isdigit() and len(number) <= 3


def chosen(last: Answer | None, said: str) -> str | None:
    """The card that a number stands for in the last answer; None when it stands for none."""
    if last is None or not is_number(said):
        return None
    number = int(said.strip(_AROUND))
    return last.choices[number - 1] if 1 <= number <= len(last.choices) else None


class CardWords:
    """Words the cards of one load in one language."""

    def __init__(self, catalogue: Catalogue, lang: Language, reference: Reference) -> None:
        self.catalogue, self.lang, self.reference = catalogue, lang, reference
        self.book = reference.handbook

    def answer(self, query: str) -> tuple[Lines, Choices]:
        """What to say to `kaart` with these words behind it: a card, or a numbered list and what its numbers stand for."""
        if not query.strip():
            return self._list(self._text("first_groups"), (f"group:{name}" for name, _ in GROUPS), bare=True)
        match find(self.reference, query):
            case Found(hits=(one,)):
                return self.card(one)
            case Found(hits=()) as found:
                first = self._text("none", query=shorten(query, _QUOTED))
                return self._list(first, found.near)
            case found:
                return self._list(self._text("several", query=shorten(query, _QUOTED)), found.hits)

    def card(self, ref: str) -> tuple[Lines, Choices]:
        """One card; a group is a list of its cards. A card that is no longer there (the files changed meanwhile) says so."""
        kind, _, name = ref.partition(":")
        if ref == "group:signalen" and self.book.signals:
            return tuple(self._signals()), ()
        if kind == "group":
            return self._list(self._text("first_group", group=self._text(f"group_{name}")), self._members(name))
        return (tuple(self._lines(kind, name)) or (self._text("gone"),)), ()

    def _lines(self, kind: str, name: str) -> Iterator[str]:
        match kind:
            case "basis":
                return self._basis(name)
            case "decision":
                return self._decision(name)
            case "phenomenon":
                return self._phenomenon(name)
            case "signals":
                return self._signal_group(name)
            case "route":
                return self._route(name)
            case _:
                return self._platform(name)

    def _members(self, group: str) -> Iterator[str]:
        book = self.book
        match group:
            case "besluiten":
                yield from (f"decision:{code}" for code in self.reference.decisions)
            case "fenomenen":
                yield from (f"phenomenon:{code}" for code in book.phenomena)
            case "routes":
                yield from (f"route:{route.id}" for route in book.routes)
            case "platforms":
                yield from (f"platform:{platform.id}" for platform in book.platforms)
            case _:
                yield from (f"basis:{basis.code}" for basis in book.bases.values() if basis.field == group)

    def _list(self, first: str, refs: Iterable[str], *, bare: bool = False) -> tuple[Lines, Choices]:
        known = {card.ref: card for card in cards(self.reference)}
        chosen = tuple(ref for ref in refs if ref in known)
        if not chosen:
            return (self._text("empty"),), ()
        lines = [first]
        for number, ref in enumerate(chosen, start=1):
            kind, _, name = ref.partition(":")
            if kind == "group":
                title = self._text(f"group_{name}")
            else:
                card = known[ref]
                title = " · ".join(filter(None, (card.code, self._both(card.title), self._mark(kind, name))))
            lines.append(self._text("choice", number=str(number), title=title))
        lines.append(self._text("how_groups" if bare else "how"))
        return tuple(lines), chosen

    def _mark(self, kind: str, name: str) -> str:
        """In a list only what must not be taken for law says how it stands."""
        basis = self.book.bases.get(name) if kind == "basis" else None
        return "" if basis is None or basis.carries else self._status(basis)

    # --- one card of each kind ----------------------------------------------------------------------------------------

    def _basis(self, code: str) -> Iterator[str]:
        basis = self.book.bases.get(code)
        if basis is None:
            return
        yield self._first(basis.code, basis.title, self._status(basis))
        yield self._text("core", text=self._both(basis.core))
        if basis.competent:
            yield self._text("competent", roles=self._roles(basis.competent))
        yield self._text("limit", text=self._both(basis.limit))
        if basis.flag and not basis.on:
            yield self._text("flag_off", flag=basis.flag)
        yield self._text("source", source=basis.source)
        yield self._checked(basis)

    def _checked(self, basis: LegalBasis) -> str:
        on = date.fromisoformat(basis.consulted).strftime("%d-%m-%Y")
        if basis.checked_by:
            return self._text("checked", date=on, lawyer=basis.checked_by)
        return self._text("unchecked", date=on)

    def _decision(self, code: str) -> Iterator[str]:
        decision = self.reference.decisions.get(code)
        if decision is None:
            return
        yield self._first(decision.id, decision.question, self._text("is_decision"))
        yield self._text("competent", roles=self._roles(decision.competent))
        if decision.advisers:
            yield self._text("advises", roles=self._roles(decision.advisers))
        yield from self._options(decision)
        yield self._text("reasons", text=self._both(decision.reasons))
        yield from self._warnings(decision.id)

    def _options(self, decision: DecisionType) -> Iterator[str]:
        for number, option in enumerate(decision.options, start=1):
            own = option.competent != decision.competent
            title = self._both(option.label) + (f" ({self._roles(option.competent)})" if own else "")
            yield self._text("choice", number=str(number), title=title)

    def _warnings(self, decision: str) -> Iterator[str]:
        for basis in self.book.bases.values():
            if decision in basis.decisions and not basis.carries:
                yield self.warning(basis)

    def warning(self, basis: LegalBasis) -> str:
        """That people may think that this carries something, and where it says why it does not."""
        return self._text("warning", title=self._both(basis.title), status=self._status(basis), code=basis.code.lower())

    def _phenomenon(self, code: str) -> Iterator[str]:
        found: Phenomenon | None = self.book.phenomena.get(code)
        if found is None:
            return
        yield self._first(found.code, found.title, self._text("is_phenomenon"))
        yield self._text("pattern", text=self._both(found.pattern))
        yield self._text("lead", text=self._both(found.lead))
        yield self._text("first_experts", roles=self._roles(found.first))
        yield self._text("mind", text=self._both(found.mind))
        for playbook in self.reference.playbooks.values():
            if code in playbook.phenomena:
                yield self._text("playbook", playbook=playbook.id, title=self._both(playbook.title))

    def _signals(self) -> Iterator[str]:
        book = self.book
        yield self._text("signals_first")
        yield self._text(
            "signals_rule", alarm=str(book.alarm_from), follow=str(book.follow_from), below=str(book.alarm_from - 1)
        )
        yield self._text("signals_heavy")
        for group in book.signals:
            yield from (self._signal(s.code, s.text, s.weight) for s in group.signals if s.weight >= HEAVY)
        yield self._text("signals_damping")
        for group in book.signals:
            yield from (self._signal(s.code, s.text, s.weight) for s in group.signals if s.weight < 0)
        yield self._text("signals_privacy")
        yield self._text("signals_record")
        yield self._text("signals_more", letters=" · ".join(group.letter for group in book.signals))

    def _signal_group(self, letter: str) -> Iterator[str]:
        found: SignalGroup | None = next((group for group in self.book.signals if group.letter == letter), None)
        if found is None:
            return
        yield self._first(found.letter, found.title, self._text("is_signals"))
        yield from (self._signal(s.code, s.text, s.weight) for s in found.signals)
        yield self._text("signals_privacy")
        yield self._text("signals_record")

    def _signal(self, code: str, text: Both, weight: int) -> str:
        return self._text("signal", code=code, text=self._both(text), weight=f"{weight:+}".replace("-", "−"))

    def _route(self, name: str) -> Iterator[str]:
        found: Route | None = next((route for route in self.book.routes if route.id == name), None)
        if found is None:
            return
        bases = [self.book.bases[code] for code in found.bases if code in self.book.bases]
        status = self._status(bases[0]) if bases else self._text("is_route")
        yield self._text("first_route", title=self._both(found.title), status=status)
        yield self._text("route_who", text=self._both(found.who))
        yield self._text("route_purpose", text=self._both(found.purpose))
        yield self._text("mind", text=self._both(found.mind))
        if bases:
            yield self._text("route_bases", codes=" · ".join(basis.code for basis in bases))

    def _platform(self, name: str) -> Iterator[str]:
        found: Platform | None = next((platform for platform in self.book.platforms if platform.id == name), None)
        if found is None:
            return
        known = date.fromisoformat(found.checked).strftime("%d-%m-%Y") if found.checked else ""
        status = self._text("platform_checked", date=known) if known else self._text("platform_unchecked")
        yield self._text("first_platform", title=found.title, status=status)
        yield self._text("platform_kinds", kinds=", ".join(self._text(f"kind_{kind}") for kind in found.kinds))
        for key, fact in (("very_large", found.very_large), ("ephemeral", found.ephemeral)):
            if fact is not None:
                yield self._text(f"platform_{key}_{'yes' if fact else 'no'}")
        for key, address in (("report", found.report_url), ("authority", found.authority_url)):
            yield self._text(f"platform_{key}", address=address or self._text("platform_empty"))
        if found.languages:
            yield self._text("platform_languages", languages=", ".join(found.languages))
        yield self._text("platform_routes")
        yield self._text("platform_privacy")
        yield from (self.warning(b) for b in self.book.bases.values() if "B6" in b.decisions and not b.carries)

    # --- what they share ------------------------------------------------------------------------------------------------

    def _first(self, code: str, title: Both, status: str) -> str:
        return self._text("first", code=code, title=self._both(title), status=status)

    def _status(self, basis: LegalBasis) -> str:
        return self._text(f"status_{basis.status}")

    def _roles(self, roles: Iterable[RoleId]) -> str:
        return role_names(self.catalogue, self.lang, roles)

    def _both(self, both: Both) -> str:
        return both.nl if self.lang == "nl" else both.en

    def _text(self, key: str, **values: str) -> str:
        return self.catalogue.text(self.lang, f"handbook.{key}", **values)
