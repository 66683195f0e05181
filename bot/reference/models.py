"""The shape of every file, with the field names that people write; what is unknown is refused, nothing is guessed.

Longer than other modules because it is the one table of shapes, with the sentences that become the page of fields.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.cards import Field as LegalField
from bot.domain.cards import PlatformKind, Status
from bot.domain.escalation import Whom
from bot.domain.people import Language
from bot.domain.playbook import Both, LineKind, PendingLaw, Phase, ReasonKind
from bot.domain.roster import Layer
from bot.domain.rota import Holidays
from bot.reference.fields import (
    AccountName,
    Answers,
    Clock,
    ClockEnd,
    Day,
    DecisionCode,
    Duration,
    Line,
    Moment,
    Name,
    OptionCode,
    PhenomenonCode,
    PhoneNumber,
    PlaybookCode,
    Role,
    Server,
    SignalCode,
    SignalLetter,
    Slug,
    StepCode,
    StepRole,
    Turn,
    WebAddress,
    YearDay,
    Zone,
)

Weekday = Literal["ma", "di", "wo", "do", "vr", "za", "zo"]
ChannelName = Literal["ntfy", "pushover", "apprise", "mail", "sms", "bellen"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("ma", "di", "wo", "do", "vr", "za", "zo")


class Shape(BaseModel):
    """A block in a file. Strict: `"5"` is not a number and `1` is not true."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, use_attribute_docstrings=True)


class NameBoth(Shape):
    """Een naam in twee talen, hoogstens 60 tekens."""

    nl: Name
    en: Name

    def both(self) -> Both:
        return Both(self.nl, self.en)


class LineBoth(Shape):
    """Een tekst in twee talen, hoogstens 120 tekens: zo past hij op een telefoon."""

    nl: Line
    en: Line

    def both(self) -> Both:
        return Both(self.nl, self.en)


class ReasonsBoth(Shape):
    """Een toelichting in twee talen, hoogstens 240 tekens."""

    nl: Annotated[str, Field(min_length=1, max_length=240)]
    en: Annotated[str, Field(min_length=1, max_length=240)]

    def both(self) -> Both:
        return Both(self.nl, self.en)


# --- contacts ---------------------------------------------------------------------------------------------------------


class EscalationStepShape(Shape):
    """Eén trede: wie er gebeld wordt en hoe lang de bot op antwoord wacht."""

    wie: Whom
    wacht: Duration
    """Zo lang wachten, dan de volgende trede."""
    herhaal: Annotated[int, Field(ge=0, le=10)] = 1
    """Zo vaak de oproep herhalen binnen deze trede."""
    herhaal_na: Duration = Field(default="1m", validate_default=True)
    """Tijd tussen twee herhalingen."""


class RungShape(Shape):
    """Eén sport van de ladder: een kanaal naast de chat. Een kanaal mag er vaker op staan."""

    kanaal: ChannelName
    na: Duration
    """Zo lang na het begin van de oproep; `0s` is meteen."""


class LeaseShape(Shape):
    """Een ja geldt tot er te lang niets van iemand komt."""

    zonder_tijd: Duration = Field(default="30m", validate_default=True)
    """Zo lang wachten op een teken van leven van wie geen aankomsttijd noemde."""
    marge: Duration = Field(default="10m", validate_default=True)
    """Zo lang na de genoemde tijd vraagt de bot het nog eens."""
    wacht: Duration = Field(default="5m", validate_default=True)
    """Zo lang daarna belt hij de volgende."""
    overdragen_elke: Duration = Field(default="15m", validate_default=True)
    """Na het einde van een dienst: zo vaak de rol aan de opvolger aanbieden, tot die ja zegt."""


class EscalationShape(Shape):
    """Het opschalingsschema, voor elke rol hetzelfde."""

    stappen: Annotated[list[EscalationStepShape], Field(min_length=1, max_length=10)]
    altijd: list[Role]
    """Rollen van de brigade: opgeroepen bij elk incident, naast de oproepen van het draaiboek."""
    bedenktijd: Duration = Field(default="30s", validate_default=True)
    """Zo lang kan een melder een alarm nog bijstellen voordat de experts worden opgeroepen."""
    dubbel_binnen: Duration = Field(default="30m", validate_default=True)
    """Twee alarmen van één gemeente binnen deze tijd: de bot vraagt of het dezelfde zaak is."""
    heropenen_binnen: Duration = Field(default="24u", validate_default=True)
    """Tot zo lang na het sluiten kan een incident weer open."""
    sitrap_elke: Duration = Field(default="60m", validate_default=True)
    """Zo lang na een sitrap vraagt de bot om de volgende."""
    stil_na: Duration = Field(default="2u", validate_default=True)
    """Zo lang niets vastgelegd, het verplichte klaar: de bot stelt één keer sluiten voor, tot er weer iets komt. `0s`: nooit."""
    ladder: Annotated[list[RungShape], Field(min_length=1, max_length=20)] | None = None
    """Hoe de bot iemand naast de chat wekt; wat iemand niet heeft, slaat hij over. Zonder dit veld: zoals in het voorbeeld."""
    aantal: dict[Role, Annotated[int, Field(ge=1, le=5)]] = {}
    """Rol waarvan er meer dan één moet komen: hoeveel."""
    eerst_alleen: Duration = Field(default="3m", validate_default=True)
    """Zo lang roept de bot alleen op wie een draaiboek `eerst` wil; daarna ook de anderen."""
    aankomst: LeaseShape = Field(default={}, validate_default=True)
    """Wat de bot doet als iemand ja zegt en niet verschijnt."""
    dienstnummer: PhoneNumber | None = None
    """Nummer van een balie die altijd opneemt, om te bellen als de bot niemand bereikt; nooit van een persoon."""
    terugval_mee: bool = True
    """true: wie maar op één manier bereikbaar is, wordt samen met de terugval opgeroepen (als er naast de chat kanalen zijn)."""
    nazorg: bool = True
    """true: na het sluiten volgen de stappen van de nafase, drie vragen aan wie meedeed en een evaluatie."""


class HolidaysShape(Shape):
    """De feestdagen voor de roosters: de officiële van Nederland, tenzij hier iets anders staat."""

    niet: list[Name] = []
    """Feestdagen die voor jullie een gewone dag zijn, bij naam: Goede vrijdag."""
    ook: list[Name] = []
    """Feestdagen die voor jullie elk jaar vrij zijn, bij naam: Bevrijdingsdag."""
    dagen: list[Day] = []
    """Losse dagen die als feestdag tellen."""


class StandbyShape(Shape):
    """Grenzen aan de dienst van één persoon in vier weken. Laat een jurist nakijken wat voor jullie geldt."""

    hoogstens_dagen: Annotated[int, Field(ge=1, le=28)] = 14
    """Zoveel dagen van de 28 mag iemand dienst hebben (Arbeidstijdenwet 5:9: 14)."""
    vrije_blokken: Annotated[int, Field(ge=0, le=14)] = 2
    """Zo vaak in 28 dagen 48 uur achter elkaar geen dienst (Arbeidstijdenwet 5:9: 2)."""
    hoogstens_nachten: Annotated[int, Field(ge=0, le=112)] | None = None
    """Zoveel nachten (00:00 tot 06:00) in 16 weken. Vanaf 16 geldt een kortere werkweek; zonder dit veld telt de bot niet."""
    lagen: Annotated[list[Layer], Field(min_length=1)] = Field(default=["eerste"], validate_default=True)
    """Welke diensten meetellen."""
    behalve: list[Role] = []
    """Rollen met een eigen regeling, zoals de politie."""


class RetentionShape(Shape):
    """Hoe lang iets blijft na het sluiten van een incident. Laat een archivaris nakijken wat voor jullie geldt."""

    kamer: Duration = Field(default="30d", validate_default=True)
    """Daarna leegt de bot de kamers van een afgerond incident en gaat hij eruit, als er een dossier van het hele logboek is."""
    dossier: Duration | None = None
    """Daarna mag het logboek van een echt incident vernietigd worden. Zonder dit veld: nooit."""
    oefening: Duration = Field(default="90d", validate_default=True)
    """Daarna mag het logboek van een oefening vernietigd worden."""
    inzage: Duration = Field(default="365d", validate_default=True)
    """Zo lang na het lezen of exporteren blijft bewaard wie dat deed."""
    oproepen: Duration = Field(default="90d", validate_default=True)
    """Daarna mogen de verstuurde oproepen weg; wie is opgeroepen en wat die antwoordde, staat in het logboek."""


class RegionFile(Shape):
    """regio.yaml: de regio en haar afspraken."""

    naam: Name
    server: Server
    """De homeserver van de regio."""
    federatie: bool
    """true: contacten mogen ook op andere homeservers staan."""
    tijdzone: Zone
    taal: Language
    noodaccount: AccountName
    """Tweede eigenaar van elke kamer, voor als het account van de bot verloren gaat."""
    terugval: Annotated[list[Slug], Field(min_length=1)]
    """Personen die worden opgeroepen als niemand dienst heeft, of als deze bestanden stuk zijn."""
    opschaling: EscalationShape
    feestdagen: HolidaysShape = Field(default={}, validate_default=True)
    """Alleen nodig als een rooster naar feestdagen kijkt en de officiële niet passen."""
    piket: StandbyShape = Field(default={}, validate_default=True)
    """Waar de bot voor waarschuwt als iemand te veel dienst heeft."""
    bewaren: RetentionShape = Field(default={}, validate_default=True)
    """Hoe lang kamers, logboeken en oproepen blijven."""


class TileShape(Shape):
    """Het vak van een gemeente op de kaart van het regionale beeld; het eerste vak is linksboven."""

    rij: Annotated[int, Field(ge=1, le=12)]
    """De hoeveelste rij van boven."""
    kolom: Annotated[int, Field(ge=1, le=12)]
    """De hoeveelste kolom van links."""
    kort: Annotated[str, Field(min_length=1, max_length=7)]
    """De korte naam in het vak."""


class MunicipalityShape(Shape):
    """Een gemeente."""

    id: Slug
    naam: Name
    ook: list[Name] = []
    """Andere namen waaronder melders de gemeente noemen."""
    regio: Slug | None = None
    """Deel van het werkgebied waar de gemeente bij hoort, voor roosters die alleen daar gelden."""
    coordinator: Slug | None = None
    """Eigen crisiscoördinator, altijd dezelfde persoon. Wisselt die, maak dan een rooster met deze `gemeente`."""
    gesprek: Literal["gemarkeerd", "alles"] = "gemarkeerd"
    """Wat van het gesprek in een kamer bewaard wordt: `gemarkeerd` (wat iemand met 📌 of een woord vastlegt) of `alles`."""
    klasse: Literal["klein", "middel", "groot"] | None = None
    """Hoe groot de gemeente is, alleen om te tellen in het regionale beeld; minstens drie gemeenten hebben dezelfde klasse."""
    tegel: TileShape | None = None
    """Waar de gemeente op de kaart ligt; zonder tegels geen kaart. Zie [het regionale beeld](regiobeeld.md)."""


class MunicipalitiesFile(Shape):
    """gemeenten.yaml: de gemeenten van de regio."""

    gemeenten: Annotated[list[MunicipalityShape], Field(min_length=1)]


class PersonShape(Shape):
    """Een persoon. Telefoonnummers staan hier nooit."""

    id: Slug
    naam: Name
    organisatie: Name
    accounts: Annotated[list[AccountName], Field(min_length=1, max_length=5)]
    """Volledige Matrix-id's, tussen aanhalingstekens."""
    rollen: Annotated[list[Role], Field(min_length=1)]
    gemeente: Slug | None = None
    """Alleen voor wie bij één gemeente hoort; voor een melder en een burgemeester verplicht."""
    taal: Language = "nl"
    ladder: Annotated[list[RungShape], Field(max_length=20)] | None = None
    """Alleen voor wie anders gewekt wil worden dan de regio afspreekt; `[]` is alleen de chat."""


class PeopleFile(Shape):
    """personen.yaml: iedereen die de bot kent."""

    personen: Annotated[list[PersonShape], Field(min_length=1)]


class WindowShape(Shape):
    """Een deel van de week, in plaatselijke tijd. De dag waarop het begint telt."""

    dagen: Annotated[list[Weekday], Field(min_length=1)] = Field(default=list(WEEKDAYS), validate_default=True)
    van: Clock = Field(default="00:00", validate_default=True)
    tot: ClockEnd = Field(default="24:00", validate_default=True)
    """Niet later dan `van`: dan is het de dag erna."""
    feestdagen: Holidays = "wel"
    """wel: als elke dag; niet: begint niet op een feestdag; alleen: begint alleen op een feestdag."""


class RotationShape(Shape):
    """Het rooster van één rol. Een tweede blok met een later `vanaf` neemt het dan over."""

    rol: Role
    wissel: Turn
    """De dienst wisselt elke `dag`, `week`, `2 weken`, `3 dagen` of `12u`, op het tijdstip van `vanaf`."""
    vanaf: Moment
    """Eerste wissel, plaatselijke tijd: de dag en het tijdstip waarop de dienst steeds wisselt."""
    tot: Moment | None = None
    """Tot dan, plaatselijke tijd. Zonder dit veld: tot een later blok het overneemt."""
    volgorde: Annotated[list[Slug], Field(min_length=1)] | None = None
    """Wie om de beurt eerste is; de volgende in de rij is dan reserve."""
    eerste: Annotated[list[Slug], Field(min_length=1)] | None = None
    """In plaats van `volgorde`: wie om de beurt eerste is."""
    reserve: Annotated[list[Slug], Field(min_length=1)] | None = None
    """Bij `eerste`: wie om de beurt reserve is."""
    alleen: list[WindowShape] = []
    """Het rooster telt alleen in deze delen van de week; de beurten lopen daarbuiten door."""
    bewust_leeg: Line | None = None
    """Waarom het goed is dat er niemand is waar dit rooster iemand openlaat."""
    gemeente: Slug | None = None
    """Alleen voor alarmen van deze gemeente, en daar sterker dan een rooster voor allen."""
    regio: Slug | None = None
    """Alleen voor alarmen van de gemeenten met deze `regio`."""


class FixedShape(Shape):
    """Een vaste dienst voor een periode, sterker dan elk rooster."""

    rol: Role
    laag: Layer = "eerste"
    persoon: Slug | None = None
    bewust_leeg: Line | None = None
    """In plaats van `persoon`: waarom er in deze periode niemand is."""
    vanaf: Moment
    tot: Moment
    gemeente: Slug | None = None
    regio: Slug | None = None


class RotationsFile(Shape):
    """roosters.yaml: wie wanneer dienst heeft."""

    roosters: Annotated[list[RotationShape], Field(min_length=1)]
    vast: list[FixedShape] = []


# --- playbooks --------------------------------------------------------------------------------------------------------


class ConditionShape(Shape):
    """Eén voorwaarde van een stap: een besluit, een stap of een fenomeen."""

    besluit: DecisionCode | None = None
    """Besluittype: dan zijn bij `is` de antwoorden nodig waarbij de stap aan de orde komt."""
    stap: StepCode | None = None
    """Stap van dit draaiboek of van de basis; `is` is gedaan of nvt."""
    fenomeen: PhenomenonCode | None = None
    """Fenomeen van het incident, uit de melding of uit een gestart draaiboek."""
    is_: Answers = Field(default=[], alias="is")
    """Het antwoord, of een lijst van antwoorden."""


class StepShape(Shape):
    """Eén stap van een draaiboek."""

    id: StepCode
    fase: Phase
    tekst: LineBoth
    rol: StepRole
    termijn: Duration
    """Tijd na het alarm."""
    besluit: DecisionCode | None = None
    """Besluittype uit besluiten.yaml: dan is de volledige motivering nodig."""
    log: Annotated[list[LineKind], Field(min_length=1)]
    """Wat er in het logboek hoort te staan als de stap klaar is."""
    basis: list[Name] = []
    """Wettelijke grondslag."""
    verplicht: bool | None = None
    """true: zonder deze stap sluit het incident alleen met een reden. Zonder dit veld geldt dat voor elke stap met een besluit."""
    als: Annotated[list[ConditionShape], Field(min_length=1, max_length=5)] | None = None
    """Voorwaarden; de stap komt pas aan de orde als ze allemaal kloppen."""
    hulp: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    """De kaart die meer zegt: een besluittype, grondslag, fenomeen, route of platform, zoals `B7` of `GW172-3`."""
    vier_ogen: bool = False
    """true: bij het besluit van deze stap moet een tweede bevoegde meekijken."""
    herhaalt: bool = False
    """true: elke nieuwe ronde (`ronde`) legt de stap opnieuw voor."""
    voor: Duration | None = None
    """Zo lang vóór het verwachte moment van een aangekondigde verstoring; zonder zo'n moment geldt `termijn`."""


class CalendarShape(Shape):
    """Wat elk jaar of elke wedstrijd terugkomt en dan een eigen fenomeen is."""

    fenomeen: PhenomenonCode
    naam: NameBoth
    van: YearDay | None = None
    """Eerste dag, dag en maand, elk jaar."""
    tot: YearDay | None = None
    """Laatste dag; mag in het nieuwe jaar liggen."""
    woorden: list[Name] = []
    """Woorden waaraan je het herkent, ook buiten die dagen."""


class PlaybookFile(Shape):
    """Een draaiboek; basis.yaml heeft dezelfde vorm."""

    id: PlaybookCode
    titel: NameBoth
    fenomenen: list[PhenomenonCode]
    oproepen: list[Role]
    """Rollen die dit draaiboek oproept, naast de brigade."""
    eerst: list[Role] = []
    """Wie van die rollen de bot eerst oproept; de anderen volgen zodra een van hen antwoordt, of na `eerst_alleen`."""
    besloten_kring: bool = False
    """true: de bot stelt de coördinator een besloten kamer voor."""
    via: dict[Role, Role] = {}
    """Rol die niet wordt opgeroepen: de rol die haar stappen doet."""
    namen: list[Name] = []
    """Zo noemt een melder dit fenomeen bij naam."""
    woorden: list[Name] = []
    """Woorden waarop de bot dit draaiboek voorstelt."""
    zwakke_woorden: list[Name] = []
    """Woorden die ook bij andere zaken horen: pas met een tweede woord stelt de bot dit draaiboek voor."""
    kalender: list[CalendarShape] = []
    """Dagen en woorden waarbij een ander van de fenomenen geldt."""
    geldig_vanaf: Day
    herzien_voor: Day
    juridisch_gecheckt_door: Annotated[str, Field(max_length=60)]
    """Leeg zolang geen jurist ernaar keek."""
    stappen: Annotated[list[StepShape], Field(min_length=1)]


class OptionShape(Shape):
    """Eén antwoord op de vraag."""

    id: OptionCode
    nl: Name
    en: Name
    bevoegd: list[Role] = []
    """Alleen als voor dit antwoord andere rollen bevoegd zijn."""
    grondslag: list[Name] = []
    """Codes van de wetsartikelen die dit antwoord kunnen dragen."""
    causaliteit: bool = False
    """Of dit antwoord de causaliteitstoets nodig heeft."""
    redenen: list[OptionCode] = []
    """Vragen die alleen dit antwoord nodig heeft."""
    wet: PendingLaw | None = None
    """De `vlag` van de grondslag in grondslagen.yaml zonder welke dit antwoord niet kan."""


class ReasonShape(Shape):
    """Eén vraag van de motivering."""

    id: OptionCode
    soort: ReasonKind = "tekst"
    """Wat er op past: woorden, nummers van logregels, codes van wetsartikelen of een moment."""
    naam: NameBoth
    vraag: LineBoth
    alleen_bij_optie: bool = False
    """Alleen stellen bij een antwoord dat deze vraag noemt."""


class DecisionShape(Shape):
    """Een besluittype."""

    id: DecisionCode
    vraag: LineBoth
    opties: Annotated[list[OptionShape], Field(min_length=2, max_length=14)]
    bevoegd: Annotated[list[Role], Field(min_length=1)]
    adviseert: list[Role] = []
    motivering: ReasonsBoth
    """Wat de motivering moet bevatten, naast de vaste vragen."""
    redenen: list[ReasonShape] = []
    """De eigen vragen van dit besluittype."""
    causaliteit: bool = False
    """Of elk antwoord de causaliteitstoets nodig heeft."""
    vier_ogen: bool = False
    """Of een tweede persoon moet meekijken."""


class DecisionsFile(Shape):
    """besluiten.yaml: de besluittypen."""

    vaste_redenen: Annotated[list[ReasonShape], Field(min_length=1)]
    """De vragen die de bot bij elk besluit stelt."""
    causaliteit: Annotated[list[ReasonShape], Field(min_length=1)]
    """De vragen van de causaliteitstoets."""
    besluiten: Annotated[list[DecisionShape], Field(min_length=1)]


# --- what can be looked up ------------------------------------------------------------------------------------------


class BasisShape(Shape):
    """Eén grondslag in grondslagen.yaml: waar een maatregel op kan rusten, of waarom juist niet."""

    code: Name
    ook: list[Name] = []
    """Andere namen, ook zoals stappen ze bij `basis` noemen; meer grondslagen mogen dezelfde hebben."""
    soort: LegalField
    titel: NameBoth
    kern: ReasonsBoth
    grens: ReasonsBoth
    """Wat er niet mee kan."""
    bevoegd: list[Role] = []
    status: Status
    """Hoe vast het staat; `controleer` is nog niet nagezocht."""
    vlag: OptionCode | None = None
    """Bij een wetsvoorstel: de naam van de wet die er nog niet is."""
    aan: bool = False
    """true als het wet is geworden; de status is dan geen wetsvoorstel meer."""
    besluiten: list[DecisionCode] = []
    """Besluittypen waarvan de kaart hiervoor waarschuwt."""
    bron: Line
    geraadpleegd: Day
    """Ouder dan een jaar: dan vraagt `iogplus check` om het na te zien."""
    juridisch_gecheckt_door: Annotated[str, Field(max_length=60)]
    """Leeg zolang geen jurist ernaar keek."""


class MeasureShape(Shape):
    """Eén maatregel: een antwoord op een besluittype, en wanneer het past."""

    besluit: DecisionCode
    optie: OptionCode
    voorwaarde: LineBoth
    """Wanneer dit past."""
    basis: list[Name] = []
    """Codes van grondslagen; een wetsvoorstel of een onzekere bevoegdheid kan hier niet."""
    fenomenen: list[PhenomenonCode] = []
    """Alleen voor deze; zonder dit veld voor alle."""
    fasen: list[Phase] = []
    """Alleen in deze; zonder dit veld in alle."""


class BasesFile(Shape):
    """grondslagen.yaml: de grondslagen, en de maatregelen van licht naar zwaar."""

    grondslagen: Annotated[list[BasisShape], Field(min_length=1)]
    maatregelen: list[MeasureShape]


class PhenomenonShape(Shape):
    """Eén fenomeen."""

    code: PhenomenonCode
    ook: list[Name] = []
    """Andere woorden om het op te zoeken."""
    titel: NameBoth
    patroon: ReasonsBoth
    tijd: NameBoth
    """Hoeveel tijd er meestal is."""
    eerst: Annotated[list[Role], Field(min_length=1)]
    """Wie er eerst bij hoort."""
    let_op: ReasonsBoth


class PhenomenaFile(Shape):
    """fenomenen.yaml: de soorten zaken."""

    fenomenen: Annotated[list[PhenomenonShape], Field(min_length=1)]


class SignalGroupShape(Shape):
    """Een groep rode vlaggen."""

    letter: SignalLetter
    titel: NameBoth


class SignalShape(Shape):
    """Eén rode vlag, zonder persoonsgegevens."""

    code: SignalCode
    """De letter van de groep en een nummer."""
    tekst: LineBoth
    gewicht: Annotated[int, Field(ge=-3, le=3)]
    """Onder nul: dempend."""


class SignalsFile(Shape):
    """signalen.yaml: de rode vlaggen."""

    alarm_vanaf: Annotated[int, Field(ge=1, le=50)]
    """Som van de gewichten waarbij een alarm het advies is."""
    volgen_vanaf: Annotated[int, Field(ge=1, le=50)]
    """Som waarbij volgen zonder persoonsgegevens het advies is."""
    groepen: Annotated[list[SignalGroupShape], Field(min_length=1, max_length=12)]
    signalen: Annotated[list[SignalShape], Field(min_length=1)]


class RouteShape(Shape):
    """Eén weg om iets aan een bericht te laten doen."""

    id: OptionCode
    ook: list[Name] = []
    titel: NameBoth
    wie: LineBoth
    """Wie deze weg mag gaan."""
    waarvoor: LineBoth
    let_op: ReasonsBoth
    basis: list[Name] = []
    """Codes van grondslagen."""
    optie: OptionCode | None = None
    """Het antwoord van besluit B6 dat bij deze weg hoort."""


class PlatformShape(Shape):
    """Eén platform. Vul adressen pas in als ze zijn nagezocht."""

    id: Slug
    ook: list[Name] = []
    naam: Name
    soort: Annotated[list[PlatformKind], Field(min_length=1)]
    zeer_groot: bool | None = None
    """Of het op de Europese lijst van zeer grote platforms staat; leeg zolang dat niet is nagezocht."""
    verdwijnt: bool | None = None
    """Of berichten vanzelf verdwijnen."""
    talen: list[Name] = []
    """Talen waarin je kunt melden."""
    melden: WebAddress = ""
    """Webadres om te melden."""
    overheid: WebAddress = ""
    """Webadres van het contactpunt voor overheden."""
    gecheckt: Day | None = None
    """Wanneer de adressen zijn nagezocht; zonder datum zijn ze leeg."""


class PlatformsFile(Shape):
    """platforms.yaml: platforms en de wegen ernaartoe."""

    routes: Annotated[list[RouteShape], Field(min_length=1, max_length=15)]
    platforms: Annotated[list[PlatformShape], Field(min_length=1)]
