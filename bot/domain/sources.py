"""What a line of the log rests on: who it came from, how sure that is, and by which road something was reported outside."""

from typing import Literal

SourceKind = Literal[
    "eigen_waarneming", "politie", "om", "gemeente", "school", "jongerenwerk", "zorg", "inwoner", "ondernemer", "pers",
    "platform", "online", "anders",
]  # fmt: skip
Reliability = Literal[1, 2, 3, 4]  # confirmed, probable, possible, doubtful

# The roads by which somebody outside is told. Most are open to everybody; whom each is for stands in the catalogue.
NoticeRoute = Literal[
    "gebruikersmelding",  # the platform's own button, under its terms of use
    "dsa_art16",  # a notice of illegal content, DSA article 16
    "dsa_art11",  # the platform's contact point for authorities, DSA article 11
    "politieportaal",  # the platform's portal for police and prosecution
    "ontoegankelijkmaking",  # an order of the prosecutor, Sv 125p
    "atkm",
    "offlimits",
    "discriminatie",
    "zorglijn_113",
    "ibd",
    "ncsc",
    "ap",
]
Outcome = Literal["confirmed", "refuted"]
