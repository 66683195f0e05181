"""The indicators of an evaluation as lines that people read."""

from collections.abc import Sequence

from bot.domain.indicator import Indicator
from bot.domain.people import Language
from bot.domain.themes import THEME_OF, THEMES
from bot.words.catalogue import Catalogue


def in_words(catalogue: Catalogue, lang: Language, one: Indicator) -> str:
    """One line: what it is, its value, and how that stands against the target."""
    return f"{name_of(catalogue, lang, one)}: {value_of(catalogue, lang, one)}{_against(catalogue, lang, one)}"


def listed(catalogue: Catalogue, lang: Language, number: str, found: Sequence[Indicator]) -> tuple[str, ...]:
    """All of them by theme; `number` is that of the incident."""
    if not found:
        return (catalogue.text(lang, "evaluation.nothing"),)
    lines = [catalogue.text(lang, "evaluation.first", number=number)]
    for theme in THEMES:
        rows = [in_words(catalogue, lang, one) for one in found if THEME_OF[one.id] == theme]
        if rows:
            lines += [catalogue.text(lang, f"theme.{theme}"), *(f"· {row}" for row in rows)]
    return tuple(lines)


def name_of(catalogue: Catalogue, lang: Language, one: Indicator) -> str:
    """What it measures, with the role, channel or route that it is about."""
    name = catalogue.text(lang, f"indicator.{one.id}")
    if not one.about:
        return name
    kind = "role" if one.id == "role" else "route" if one.id.startswith("notice") else "channel"
    return f"{name} ({catalogue.text(lang, f'{kind}.{one.about}')})"


def value_of(catalogue: Catalogue, lang: Language, one: Indicator) -> str:
    """Its value, or why there is none."""
    if one.value is None:
        assert one.why is not None, "what has no value says why"
        return catalogue.text(lang, f"indicator.why_{one.why}")
    match one.unit:
        case "seconds":
            minutes, seconds = divmod(round(one.value), 60)
            shown = f"{minutes}:{seconds:02}"
        case "percent":
            shown = f"{one.value:.0f}%"
        case "count":
            shown = f"{one.value:.0f}"
    of = "" if one.of is None else catalogue.text(lang, "indicator.of", count=str(one.of))
    return shown + of


def target_of(one: Indicator) -> str:
    """What it is held against; empty when there is no target."""
    if one.target is None:
        return ""
    return f"{one.target:.0f}%" if one.unit == "percent" else f"{one.target // 60:.0f}:00"


def _against(catalogue: Catalogue, lang: Language, one: Indicator) -> str:
    if one.target is None or one.value is None:
        return ""
    return catalogue.text(lang, f"indicator.{one.verdict}", target=target_of(one))
