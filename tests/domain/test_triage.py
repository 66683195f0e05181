"""What is understood of free sentences with the playbooks that are shipped: kind, place, time, channel, hurry; and what is not."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.contacts import Reference
from bot.domain.ids import PersonId
from bot.domain.intake import Intake, night_ends, read_alarm, urgency
from bot.domain.people import Person
from bot.domain.sentence import says
from bot.domain.triage import CHANNELS, place
from bot.reference.load import load_reference
from bot.words.alarm_when import begins
from bot.words.shown import moment

ROOT = Path(__file__).parents[2]
HOME = "Europe/Amsterdam"
ZONE = ZoneInfo(HOME)
SUNDAY_NIGHT = datetime(2026, 11, 22, 3, 4, tzinfo=ZONE)
AFTERNOON = datetime(2026, 11, 22, 14, 0, tzinfo=ZONE)


@pytest.fixture(scope="module")
def reference() -> Reference:
    loaded = load_reference(ROOT / "contacts" / "example", ROOT / "playbooks")
    assert isinstance(loaded, Reference), loaded
    return loaded


@dataclass(frozen=True)
class Said:
    """`kind` is the phenomenon; `when` on the clock at home; empty: not said."""

    sentence: str
    kind: str | None = None
    town: str = "Waterbrug"
    where: str = ""
    when: str = ""
    on: tuple[str, ...] = ()
    hurry: str = "gewoon"
    named: bool = False
    at: datetime = SUNDAY_NIGHT


TABLE = (
    # kind, place, time and channel in one sentence
    Said("Waterbrug rellen: op TikTok oproep om vanavond 21u te rellen bij station", "F01", where="bij station",
         when="zo 21:00", on=("tiktok",), named=True),
    Said("jongeren roepen op snapchat op om vanavond te gaan knokken bij het station", "F01", where="bij het station",
         on=("snapchat",)),
    Said("ze willen zaterdag 20:00 gaan plunderen in het winkelcentrum", "F01", where="in het winkelcentrum", when="za 20:00",
         hurry="gepland"),
    Said("in een groepsapp staat dat ze morgen 19:30 stenen gooien naar het azc", "F01", where="naar het azc", when="ma 19:30",
         on=("groepsapp",), hurry="gepland"),
    Said("oproep om vannacht relletjes te schoppen op het plein", "F01", where="op het plein"),
    Said("Polderdam: protest morgenavond half negen bij het gemeentehuis", "F02", "Polderdam", "bij het gemeentehuis",
         "ma 20:30", hurry="gepland"),
    Said("demonstratie aangekondigd bij de raadsvergadering", "F02"),
    Said("blokkade op de Stationsweg met trekkers", "F02", where="op de Stationsweg"),
    Said("influencer doet weggeefactie in het winkelcentrum om 15:00", "F03", where="in het winkelcentrum", when="zo 15:00",
         at=AFTERNOON.replace(hour=13)),
    Said("livestreamer geeft gratis telefoons weg in Polderdam", "F03", "Polderdam"),
    Said("meet-up van een tiktokker op het Marktplein, honderden fans", "F03", where="op het Marktplein"),
    Said("pedojagers filmen een confrontatie bij het station", "F04", where="bij het station"),
    Said("lokprofiel, man in de val gelokt in het park", "F04", where="in het park"),
    Said("burgerwacht gaat zelf de straat op", "F04"),
    Said("illegale rave in het bos bij Polderdam", "F05", "Polderdam", "in het bos"),
    Said("project x feestje zaterdag 22:00 aangekondigd op Snapchat", "F05", when="za 22:00", on=("snapchat",), hurry="gepland"),
    Said("schuurfeest met lachgas vanavond", "F05"),
    Said("er is een bangalijst gemaakt op Telegram van meiden op school", "F06", where="op school", on=("telegram",)),
    Said("adres gedeeld van iemand in een Snapchatgroep", "F06", on=("snapchat",)),
    Said("exposed account met naaktfoto's, scholieren in paniek", "F06"),
    Said("gerucht op Facebook dat er een azc komt", "F07", on=("facebook",)),
    Said("nagemaakte brief met vals logo van de gemeente", "F07", on=("brief",)),
    Said("deepfake van de burgemeester gaat rond in de buurtapp", "F07", on=("groepsapp",)),
    Said("website plat en een hacker eist losgeld", "F08"),
    Said("ddos op gemeente, ze dreigen op twitter met een datalek", "F08", on=("x",)),
    Said("gijzelsoftware, alle systemen plat", "F08"),
    Said("dreigmail aan drie scholen, scholen bedreigd", "F09", where="aan drie scholen", on=("mail",)),
    Said("schooldreiging op Snapchat voor morgen 08:30", "F09", when="ma 08:30", on=("snapchat",), hurry="gepland"),
    Said("swatting bij een streamer", "F09"),
    Said("jeugdgroepen uit twee dorpen zoeken elkaar op met messen", "F10"),
    Said("drillrap over wraakactie, filmpje op YouTube", "F10", on=("youtube",)),
    Said("rivaliserende groepen in het skatepark", "F10", where="in het skatepark"),
    Said("manifest met dodenlijst op een forum", "F11", on=("forum",)),
    Said("extremistisch bericht op discord", "F11", on=("discord",)),
    Said("gevaarlijke challenge op TikTok onder leerlingen", "F12", on=("tiktok",)),
    Said("herdenkplek na zelfdoding, jongeren verzamelen in het park", "F12", where="in het park"),
    # by the calendar
    Said("voetbalsupporters zoeken elkaar op bij het stadion", "F13", where="bij het stadion"),
    Said("hooligans willen knokken na de voetbalwedstrijd", "F13"),
    Said("oproep tot rellen in oudejaarsnacht op de markt", "F13", where="op de markt"),
    Said("ze gaan rellen met vuurwerk op het plein", "F13", where="op het plein",
         at=datetime(2026, 12, 31, 15, 0, tzinfo=ZONE)),
    Said("ze gaan rellen met vuurwerk op het plein", "F01", where="op het plein",
         at=datetime(2026, 12, 29, 15, 0, tzinfo=ZONE)),
    Said("relschoppers roepen op voor do 31-12 23:30", "F13", when="do 23:30", hurry="gepland"),
    Said("F13: vuurwerk bij het station", "F13", where="bij het station", named=True),
    # announced
    Said("Waterbrug rellen, verwacht za 20:00: oproep op TikTok", "F01", when="za 20:00", on=("tiktok",), hurry="gepland",
         named=True),
    Said("Waterbrug rellen, verwacht 05:30: oproep", "F01", when="zo 05:30", named=True),
    Said("Waterbrug protest, verwacht di 1 dec 19:30: voor het stadhuis", "F02", where="voor het stadhuis", when="di 19:30",
         hurry="gepland", named=True),
    Said("rave verwacht om 23:00 op het strand", "F05", where="op het strand", when="zo 23:00", hurry="gepland"),
    Said("Waterbrug nu rellen, verwacht za 20:00: ze zijn er al", "F01", when="za 20:00", hurry="nu", named=True),
    Said("iedereen verwacht rellen", "F01"),
    Said("ze verwachten 300 man op het plein", where="op het plein"),
    Said("over een half uur gaan ze rellen bij de brug", "F01", where="bij de brug", when="zo 03:34"),
    Said("rellen om 21:00 in het centrum", "F01", where="in het centrum", when="zo 21:00", at=AFTERNOON),
    # what is over, or may be, is no announcement
    Said("om 01:30 is er gevochten, ze gaan nu plunderen", "F01"),
    Said("gisteren 21:00 rellen op de markt", "F01", where="op de markt"),
    Said("zaterdag 20:00 waren er relletjes, nu weer onrust", "F01"),
    Said("vrijdag 22:00 gezien op Snapchat: knokpartij bij school", "F01", where="bij school", on=("snapchat",)),
    # hurry and danger
    Said("nu rellen bij station", "F01", where="bij station", hurry="nu"),
    Said("spoed Waterbrug: iets raars op internet", hurry="nu"),
    Said("er wordt geschoten bij de moskee", where="bij de moskee", hurry="nu"),
    Said("rellen zaterdag 20:00, er zijn al gewonden", "F01", when="za 20:00", hurry="nu"),
    Said("er is een bommelding op school", "F09", where="op school", hurry="nu"),
    Said("man met vuurwapen in het gemeentehuis", where="in het gemeentehuis", hurry="nu"),
    # what takes a word back
    Said("geen rellen, alleen een rondleiding"),
    Said("geen gewonden bij de knokpartij", "F01"),
    Said("geen sprake van een demonstratie"),
    Said("bijeenkomst zonder vuurwerk"),
    # one word that goes with much else is not enough
    Said("vuurwerk afgestoken in de wijk", where="in de wijk"),
    Said("gratis koffie op de markt", where="op de markt"),
    Said("messen gevonden in een kluis"),
    Said("vuurwerk en stenen verzameld bij het viaduct", "F01", where="bij het viaduct"),
    # words within words
    Said("brandweer oefent"),
    Said("de bommel is los"),
    Said("het relaas van de wethouder"),
    Said("snapt iemand waarom het druk is"),
    Said("het internet ligt eruit in Polderdam", town="Polderdam"),
    # mistyped
    Said("oproep om te plundren in het centrum", "F01", where="in het centrum"),
    Said("desinformtie over een opvanglocatie"  , "F07"),
    Said("demonstartie bij het stadhuis", "F02", where="bij het stadhuis"),
    Said("ransomwaer op het netwerk", "F08"),
    Said("pedojagrs actief op instagrm", "F04", on=("instagram",)),
    Said("schooldreging op snapcaht", "F09", on=("snapchat",)),
    Said("de klokken luiden in het dorp", where="in het dorp"),
    Said("rechten van de mens, debat in de bibliotheek", where="in de bibliotheek"),
    # English
    Said("call on TikTok to riot at the station tonight at 21:00", "F01", where="at the station", when="zo 21:00",
         on=("tiktok",), hurry="gepland"),
    Said("Waterbrug riot, expected sat 20:00: near the shopping centre", "F01", where="near the shopping centre",
         when="za 20:00", hurry="gepland", named=True),
    Said("youth groups with knives at the square", "F10", where="at the square"),
    Said("someone was stabbed at the mall", where="at the mall", hurry="nu"),
    Said("illegal party in the park, no shots", "F05", where="in the park"),
    # nothing at all
    Said(""),
    Said("let op: iets vreemds"),
    Said("onrust op internet"),
    Said("Nieuwkerk: iets aan de hand", town="Nieuwkerk"),
)  # fmt: skip


def _read(said: Said, reference: Reference) -> tuple[Intake, str, str]:
    bakker = reference.contacts.people[PersonId("bakker")]
    assert isinstance(bakker, Person)
    when = begins(said.sentence, said.at, HOME)
    day: date = (when.at if when else said.at).astimezone(ZONE).date()
    intake = read_alarm(said.sentence, bakker, reference, day, when)
    shown = "" if when is None else moment(when.at, "nl")[:3] + moment(when.at, "nl")[-5:]
    return intake, shown, urgency(intake, when, night_ends(said.at, said.at, HOME), said.at)


@pytest.mark.parametrize("said", TABLE, ids=lambda said: said.sentence or "nothing")
def test_a_sentence_of_a_municipality_is_understood(said: Said, reference: Reference) -> None:
    intake, when, hurry = _read(said, reference)
    assert intake.municipality is not None
    found = (intake.phenomenon, intake.municipality.name, intake.place, when, intake.channels, hurry, intake.named)
    assert found == (said.kind, said.town, said.where, said.when, said.on, said.hurry, said.named)


def test_the_words_for_which_a_kind_is_proposed_can_be_told(reference: Reference) -> None:
    intake, _, _ = _read(Said("ze gaan rellen met vuurwerk en bivakmutsen, stenen mee"), reference)
    assert intake.because == ("rellen", "vuurwerk", "bivakmutsen")


def test_more_words_weigh_more_than_a_playbook_that_comes_first(reference: Reference) -> None:
    intake, _, _ = _read(Said("gerucht over rellen, nepbericht en deepfake op Facebook"), reference)
    assert intake.phenomenon == "F07"


def test_a_channel_is_a_kind_and_never_an_account(reference: Reference) -> None:
    intake, _, _ = _read(Said("filmpje van @jantje_020 op tiktok.com/@jantje_020"), reference)
    assert intake.channels == ("tiktok",)
    assert set(intake.channels) <= set(CHANNELS)


@pytest.mark.parametrize(
    "text", ["geen gewonden", "niemand gewond", "er is geen brand", "no shots fired", "zonder explosie"]
)
def test_danger_that_is_denied_is_none(text: str) -> None:
    assert not says(text, ("gewonden", "gewond", "brand", "shots", "explosie"))


@pytest.mark.parametrize("text", ["geen grap, er zijn gewonden", "geen brand maar gewonden", "Gewonden! Veel!"])
def test_danger_beside_a_denial_is_danger(text: str) -> None:
    assert says(text, ("gewonden", "brand"))


@pytest.mark.parametrize(
    "text", ["op de hoogte", "in de war", "op dit moment", "aan de hand", "op meer plekken", "onderweg"]
)
def test_not_every_preposition_leads_to_a_place(text: str) -> None:
    assert place(text) == ""
