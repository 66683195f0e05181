"""The shape of every file, with the field names that people write; what is unknown is refused, nothing is guessed."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.domain.escalation import Whom
from bot.domain.people import Language
from bot.domain.playbook import Both, LineKind, Phase
from bot.reference.fields import (
    AccountName,
    Day,
    DecisionCode,
    Duration,
    Line,
    Moment,
    Name,
    OptionCode,
    PhenomenonCode,
    PlaybookCode,
    Role,
    Server,
    Slug,
    StepCode,
    StepRole,
    Zone,
)


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


class MunicipalityShape(Shape):
    """Een gemeente."""

    id: Slug
    naam: Name
    ook: list[Name] = []
    """Andere namen waaronder melders de gemeente noemen."""


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
    """Alleen voor wie bij één gemeente hoort; voor een melder verplicht."""
    taal: Language = "nl"


class PeopleFile(Shape):
    """personen.yaml: iedereen die de bot kent."""

    personen: Annotated[list[PersonShape], Field(min_length=1)]


class RotationShape(Shape):
    """Het rooster van één rol. Een tweede blok met een later `vanaf` neemt het dan over."""

    rol: Role
    wissel: Literal["dag", "week"]
    """De dienst wisselt elke dag of elke week, op het tijdstip van `vanaf`."""
    vanaf: Moment
    """Eerste wissel, plaatselijke tijd."""
    eerste: Annotated[list[Slug], Field(min_length=1)]
    reserve: Annotated[list[Slug], Field(min_length=1)]


class RotationsFile(Shape):
    """roosters.yaml: wie wanneer dienst heeft."""

    roosters: Annotated[list[RotationShape], Field(min_length=1)]


# --- playbooks --------------------------------------------------------------------------------------------------------


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


class PlaybookFile(Shape):
    """Een draaiboek; basis.yaml heeft dezelfde vorm."""

    id: PlaybookCode
    titel: NameBoth
    fenomenen: list[PhenomenonCode]
    oproepen: list[Role]
    """Rollen die dit draaiboek oproept, naast de brigade."""
    via: dict[Role, Role] = {}
    """Rol die niet wordt opgeroepen: de rol die haar stappen doet."""
    namen: list[Name] = []
    """Zo noemt een melder dit fenomeen bij naam."""
    woorden: list[Name] = []
    """Woorden waarop de bot dit draaiboek voorstelt."""
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


class DecisionShape(Shape):
    """Een besluittype."""

    id: DecisionCode
    vraag: LineBoth
    opties: Annotated[list[OptionShape], Field(min_length=2, max_length=12)]
    bevoegd: Annotated[list[Role], Field(min_length=1)]
    adviseert: list[Role] = []
    motivering: ReasonsBoth
    """Wat de motivering moet bevatten, naast de vaste vragen."""


class DecisionsFile(Shape):
    """besluiten.yaml: de besluittypen."""

    besluiten: Annotated[list[DecisionShape], Field(min_length=1)]
