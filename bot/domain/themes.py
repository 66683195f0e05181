"""The themes of an evaluation, in the order in which a case goes, and which indicator belongs to which."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Theme = Literal[
    "alarmering",
    "beeldvorming",
    "oordeelsvorming",
    "besluitvorming",
    "interventie",
    "platformroute",
    "communicatie",
    "samenwerking",
    "grondrechten",
    "resultaat",
    "nafase",
]
Score = Literal["++", "+", "-", "--", "nvt"]
THEMES: Final[tuple[Theme, ...]] = get_args(Theme)
SCORES: Final[tuple[Score, ...]] = get_args(Score)

_MEASURED: Final[Mapping[Theme, str]] = {
    "alarmering": "confirmed first_expert role present called_again channel_median channel_p90 channel_unanswered",
    "beeldvorming": "sitrep sourced assumptions_confirmed assumptions_refuted assumptions_open questions_open",
    "oordeelsvorming": "causality dissent",
    "besluitvorming": "decisions_complete options reviews revisions",
    "interventie": "actions_on_time steps_on_time steps_late steps_skipped",
    "platformroute": "notice_answer notices_answered",
    "communicatie": "public corrections",
    "samenwerking": "questions_waited handed_over",
    "grondrechten": "privacy privacy_followed",
    "resultaat": "",  # no number tells it: those who were there judge it
    "nafase": "improvements improvements_30 improvements_90 improvements_open",
}
THEME_OF: Final[Mapping[str, Theme]] = {name: theme for theme, names in _MEASURED.items() for name in names.split()}
