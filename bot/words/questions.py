"""What the bot asks back: when it did not understand, or when several pages or incidents could be meant."""

from collections.abc import Sequence

from bot.domain.ids import RoleId
from bot.domain.incident import Incident
from bot.domain.people import Language
from bot.words.catalogue import Catalogue
from bot.words.grammar import BY_NAME
from bot.words.names import role_names
from bot.words.parse import NotUnderstood
from bot.words.replies import IN_LIST, Lines, title
from bot.words.shown import shorten, visible


def not_understood(catalogue: Catalogue, lang: Language, heard: NotUnderstood) -> Lines:
    """The question back. When it has a `meant`, a yes runs that."""
    word = shorten(visible(heard.word), 40)
    yes_or_no = catalogue.text(lang, "unclear.yes_or_no")
    match heard.why:
        case "sentence":
            text = shorten(visible(heard.meant.argument if heard.meant else ""), 2 * IN_LIST)
            return (
                catalogue.text(lang, "unclear.alarm"),
                catalogue.text(lang, "unclear.alarm_text", text=text),
                yes_or_no,
            )
        case "argument" if heard.verb is not None:
            use = catalogue.template(lang, f"use.{heard.verb}")
            return (catalogue.text(lang, "unclear.argument", word=word, use=use),)
        case "place":
            return (catalogue.text(lang, "unclear.place", word=word),)
        case "yes_or_no":
            return (catalogue.text(lang, "unclear.answer"),)
        case "number":
            return (catalogue.text(lang, "unclear.number", word=word),)
        case _:
            return _suggested(catalogue, lang, heard, word, yes_or_no)


def _suggested(catalogue: Catalogue, lang: Language, heard: NotUnderstood, word: str, yes_or_no: str) -> Lines:
    if heard.suggestion is None:
        return (catalogue.text(lang, "unclear.word", word=word),)
    question = catalogue.text(lang, "unclear.suggestion", word=word, suggestion=heard.suggestion)
    if heard.meant is not None:
        return (question, yes_or_no)
    use = catalogue.template(lang, f"use.{heard.verb}") if heard.verb in BY_NAME else heard.suggestion
    return (question, catalogue.text(lang, "unclear.retype", suggestion=use))


def choose_page(catalogue: Catalogue, lang: Language, pages_open: Sequence[tuple[str, str, Sequence[RoleId]]]) -> Lines:
    """For somebody with several open pages, not empty: number, municipality and roles of each, newest first."""
    lines = (
        catalogue.text(
            lang, "choose.line", number=number, municipality=name, roles=role_names(catalogue, lang, roles, " + ")
        )
        for number, name, roles in pages_open
    )
    newest = pages_open[0][0]
    return (
        catalogue.text(lang, "choose.first"),
        *lines,
        catalogue.text(lang, "choose.how", number=newest),
    )


def choose_incident(catalogue: Catalogue, lang: Language, incidents: Sequence[Incident]) -> Lines:
    """For somebody who takes part in several incidents, not empty, newest first."""
    lines = (
        catalogue.text(
            lang,
            "choose.incident_line",
            number=incident.number,
            municipality=incident.municipality_name,
            title=title(incident, lang),
        )
        for incident in incidents
    )
    how = catalogue.text(lang, "choose.incident_how", number=incidents[0].number)
    return (catalogue.text(lang, "choose.incident"), *lines, how)
