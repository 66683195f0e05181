"""The indicators of an evaluation as lines that people read."""

from bot.domain.indicator import Indicator
from bot.domain.people import Language
from bot.words.catalogue import Catalogue


def in_words(catalogue: Catalogue, lang: Language, one: Indicator) -> str:
    """One line: what it is, its value, and how that stands against the target."""
    about = f" ({_about(catalogue, lang, one)})" if one.about else ""
    name = catalogue.text(lang, f"indicator.{one.id}")
    return f"{name}{about}: {_value(catalogue, lang, one)}{_against(catalogue, lang, one)}"


def _about(catalogue: Catalogue, lang: Language, one: Indicator) -> str:
    kind = "role" if one.id == "role" else "route" if one.id.startswith("notice") else "channel"
    return catalogue.text(lang, f"{kind}.{one.about}")


def _value(catalogue: Catalogue, lang: Language, one: Indicator) -> str:
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


def _against(catalogue: Catalogue, lang: Language, one: Indicator) -> str:
    if one.target is None or one.value is None:
        return ""
    goal = f"{one.target:.0f}%" if one.unit == "percent" else f"{one.target // 60:.0f}:00"
    return catalogue.text(lang, f"indicator.{one.verdict}", target=goal)
