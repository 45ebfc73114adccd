"""Dutch sentences for what YAML and the models find wrong."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import ErrorDetails
from ruamel.yaml.constructor import DuplicateKeyError
from ruamel.yaml.error import MarkedYAMLError

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "missing": ("Hier ontbreekt ‘{name}’.", "Voeg een regel ‘{name}: …’ toe."),
    "extra_forbidden": ("‘{name}’ kennen we hier niet.", "{close}"),
    "string_type": ("‘{name}’ moet tekst zijn.", "Zet de waarde tussen aanhalingstekens."),
    "string_too_short": ("‘{name}’ is leeg.", "Vul het in."),
    "string_too_long": ("‘{name}’ is te lang.", "Er passen {max_length} tekens in."),
    "string_pattern_mismatch": (
        "‘{name}’ heeft een naam die niet mag.",
        "Gebruik kleine letters, cijfers en streepjes, zoals ‘wat-is-dit’.",
    ),
    "int_type": ("‘{name}’ moet een heel getal zijn.", "Schrijf het zonder aanhalingstekens."),
    "int_from_float": ("‘{name}’ moet een heel getal zijn.", "Schrijf het zonder komma of punt."),
    "bool_type": ("‘{name}’ moet true of false zijn.", "Schrijf true of false, zonder aanhalingstekens."),
    "list_type": ("‘{name}’ moet een lijst zijn.", "Zet elk onderdeel op een regel met een streepje ervoor."),
    "model_type": ("Hier horen regels van de vorm ‘naam: waarde’.", "Kijk naar de inspringing."),
    "too_short": ("‘{name}’ heeft te weinig onderdelen.", "Het zijn er minstens {min_length}."),
    "too_long": ("‘{name}’ heeft te veel onderdelen.", "Het zijn er hoogstens {max_length}."),
    "greater_than_equal": ("‘{name}’ is te laag.", "Het laagste is {ge}."),
    "less_than_equal": ("‘{name}’ is te hoog.", "Het hoogste is {le}."),
    "literal_error": ("‘{name}’ heeft een waarde die we niet kennen.", "Kies uit: {expected}."),
    "odd_sign": ("In ‘{name}’ staat een teken dat niet mag.", "Typ de tekst opnieuw."),
    "one_right": ("Deze vraag heeft {right} goede antwoorden.", "Zet bij precies één antwoord right: true."),
    "some_right": ("Deze vraag heeft geen goed antwoord.", "Zet bij minstens één antwoord right: true."),
    "other_kind": (
        "‘{name}’ hoort niet bij een vraag van het soort ‘{type}’.",
        "Bij dit soort hoort ‘{needed}’. Haal de regel weg, of kies een ander soort.",
    ),
    "part_missing": ("Bij een vraag van het soort ‘{type}’ hoort ‘{name}’.", "Voeg het toe en vul het in."),
    "answer_twice": ("Antwoord ‘{value}’ is er al.", "Schrijf elk antwoord anders."),
    "one_choice": ("Er valt hier niets te kiezen.", "Schrijf rechts minstens twee verschillende antwoorden."),
    "open_critical": (
        "Een open vraag kan niet kritiek zijn: je coach leest het antwoord.",
        "Zet critical: false, of maak er een ander soort vraag van.",
    ),
    "pool_critical": ("Een kritieke vraag staat niet in een pool, want hij komt altijd.", "Haal pool of critical weg."),
    "pool_not_drawn": ("Pool ‘{pool}’ staat niet bij draws.", "Zet bovenaan de toets draws: {{{pool}: 2}}."),
    "pool_empty": ("Er is geen vraag in pool ‘{pool}’.", "Zet pool: {pool} bij een paar vragen, of haal dit weg."),
    "draws_all": (
        "Pool ‘{pool}’ is te klein: de toets trekt er evenveel vragen uit als erin staan ({size}) of meer ({number}).",
        "Voeg vragen toe aan de pool, of trek er minder.",
    ),
    "nothing_counts": (
        "Deze toets kan uit alleen open vragen bestaan, en die tellen niet mee.",
        "Voeg een vraag toe die altijd komt en meetelt.",
    ),
    "two_options": ("Een vraag met waar of niet waar heeft twee antwoorden.", "Nu zijn het er {options}."),
    "alt_missing": (
        "Bij het beeld staat niet wat erop te zien is.",
        "Vul image_alt in, of zet decorative: true als het beeld niets vertelt.",
    ),
    "picture_alt_missing": (
        "Bij het beeld staat niet wat erop te zien is.",
        "Vul alt in, of zet decorative: true als het beeld niets vertelt.",
    ),
    "captions_missing": (
        "Bij de film staan geen ondertitels.",
        "Noem een vtt-bestand bij captions, of zet silent: true als er niets gezegd wordt.",
    ),
    "date_type": ("‘{name}’ moet een datum zijn.", "Schrijf hem zo: 2027-03-01, zonder aanhalingstekens."),
    "alt_without_image": ("Er is een beschrijving, maar geen beeld.", "Vul image in of haal image_alt weg."),
    "twice": ("‘{value}’ staat er twee keer.", "Geef elk onderdeel een eigen naam."),
    "more_than_offered": (
        "Er zijn meer intervisies nodig ({least}) dan er komen ({offered}).",
        "Verlaag intervisions_min of verhoog intervisions_offered.",
    ),
}
IN_FIELDS: Final[dict[str, tuple[str, str]]] = {
    "int_type": ("{Name} is geen getal.", "Typ alleen cijfers."),
    "int_from_float": ("{Name} is geen heel getal.", "Typ alleen cijfers."),
    "missing": ("{Name} ontbreekt.", "Vul hier iets in."),
    "string_too_short": ("{Name} is leeg.", "Vul hier iets in."),
    "string_too_long": ("{Name} is te lang.", "Er passen {max_length} tekens in."),
    "greater_than_equal": ("{Name} is te laag.", "Het laagste is {ge}."),
    "less_than_equal": ("{Name} is te hoog.", "Het hoogste is {le}."),
}
"""Where authors write in the fields of a form: for models that say `in_fields`, how each is called there."""
OTHERWISE: Final = ("‘{name}’ klopt niet.", "Kijk hoe het in een ander bestand staat.")


def told(error: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    """Sentence and hint for one misfit."""
    names = [step for step in error["loc"] if isinstance(step, str) and step != "[key]"]
    facts: dict[str, Any] = {"name": names[-1] if names else "dit bestand", **(error.get("ctx") or {})}
    if error["type"] == "extra_forbidden":
        close = get_close_matches(str(facts["name"]), _known_names(model), n=1)
        facts["close"] = f"Bedoel je ‘{close[0]}’?" if close else "Haal de regel weg."
    if error["type"] == "literal_error":
        facts["expected"] = str(facts["expected"]).replace(" or ", ", ").replace("'", "")
    sentence, hint = SENTENCES.get(error["type"], OTHERWISE)
    called = getattr(model, "in_fields", {}).get(facts["name"])
    if called and error["type"] in IN_FIELDS:
        facts["Name"] = called
        sentence, hint = IN_FIELDS[error["type"]]
    return sentence.format_map(facts), hint.format_map(facts)


def yaml_told(broken: MarkedYAMLError) -> tuple[str, str]:
    """Sentence and hint for YAML that cannot be read."""
    problem = str(broken.problem or "")
    if isinstance(broken, DuplicateKeyError):
        key = problem.partition('"')[2].partition('"')[0]
        return f"‘{key}’ staat er twee keer.", "Haal een van de twee weg."
    if "\\t" in problem or "tab" in problem:
        return "Hier staat een tab.", "Gebruik spaties om in te springen."
    if "mapping values are not allowed" in problem:
        return "Hier staat een dubbele punt te veel.", "Zet de hele tekst tussen aanhalingstekens."
    if "found unexpected end of stream" in problem or "quoted scalar" in str(broken.context or ""):
        return "Een aanhalingsteken is niet gesloten.", "Zet aan het eind van de tekst hetzelfde teken."
    return "Deze regel is geen leesbare YAML.", "Kijk naar inspringing, streepjes en aanhalingstekens."


def _known_names(model: type[BaseModel]) -> list[str]:
    """The names that a file of this kind may hold, at any depth."""
    names: list[str] = []
    for name, known in model.model_fields.items():
        names.append(name)
        for part in (known.annotation, *getattr(known.annotation, "__args__", ())):
            if isinstance(part, type) and issubclass(part, BaseModel):
                names += _known_names(part)
    return names
