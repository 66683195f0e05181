"""The interventions for one incident, lightest first: when each fits, who may decide on it, and what is not among them and why."""

from typing import Final

from bot.domain.cards import Measure
from bot.domain.contacts import Reference
from bot.domain.ids import RoleId
from bot.domain.incident import Incident
from bot.domain.people import Language
from bot.domain.playbook import DecisionOption, Phase
from bot.words.card_words import CardWords, Choices
from bot.words.catalogue import Catalogue
from bot.words.names import role_names
from bot.words.replies import Lines

ORDER: Final = "B7"  # the decision type of the mayor's orders
PROSECUTOR: Final = RoleId("om")
BEFORE_ORDERS: Final[tuple[Phase, ...]] = ("alarm", "beeld")


def interventions(
    catalogue: Catalogue, lang: Language, reference: Reference, incident: Incident | None
) -> tuple[Lines, Choices]:
    """The lines, and the cards that their numbers stand for. Without an incident all of them; `incident` is one that the asker
    takes part in."""
    book, words = reference.handbook, CardWords(catalogue, lang, reference)
    phase = incident.phase if incident is not None else None
    measures = book.measures_for(incident.phenomenon if incident is not None else None, phase)
    shown = [(measure, option) for measure in measures if (option := _option(reference, measure)) is not None]
    if not shown:
        return (catalogue.text(lang, "interventions.none"),), ()
    lines = [_first(catalogue, lang, reference, incident)]
    lines += [_line(catalogue, lang, number, *one) for number, one in enumerate(shown, start=1)]
    if phase is not None and not any(measure.decision == ORDER for measure in measures):
        when = "later" if phase in BEFORE_ORDERS else "over"
        lines.append(catalogue.text(lang, f"interventions.orders_{when}"))
    uncarried = [
        words.warning(basis) for basis in book.bases.values() if ORDER in basis.decisions and not basis.carries
    ]
    lines += [catalogue.text(lang, "interventions.not_here"), *uncarried] if uncarried else []
    choices = tuple(f"basis:{m.bases[0]}" if m.bases else f"decision:{m.decision}" for m, _ in shown)
    return (*lines, catalogue.text(lang, "interventions.last")), choices


def _option(reference: Reference, measure: Measure) -> DecisionOption | None:
    decision = reference.decisions.get(measure.decision)
    return next((option for option in decision.options if option.id == measure.option), None) if decision else None


def _first(catalogue: Catalogue, lang: Language, reference: Reference, incident: Incident | None) -> str:
    if incident is None:
        return catalogue.text(lang, "interventions.first_all")
    known = reference.handbook.phenomena.get(incident.phenomenon or "")
    title = (known.title.nl if lang == "nl" else known.title.en) if known else ""
    values = {"number": incident.number, "phase": catalogue.template(lang, f"phase.{incident.phase}")}
    if not title:
        return catalogue.text(lang, "interventions.first_any", **values)
    return catalogue.text(lang, "interventions.first", title=title, **values)


def _line(catalogue: Catalogue, lang: Language, number: int, measure: Measure, option: DecisionOption) -> str:
    dutch = lang == "nl"
    only_authority = measure.decision == ORDER or PROSECUTOR in option.competent
    return catalogue.text(
        lang,
        "interventions.authority" if only_authority else "interventions.line",
        number=str(number),
        title=option.label.nl if dutch else option.label.en,
        condition=measure.condition.nl if dutch else measure.condition.en,
        roles=role_names(catalogue, lang, option.competent),
    )
