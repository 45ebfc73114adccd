"""Words of the editor: what files are called, what became of them, what may be refused, and the blocks of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.courses.differing import What
from app.courses.drafts.rules import Kind
from app.web.words.shared import N_, StateLook

WORDS: Final[dict[str, str]] = {
    "odd_slug": N_(
        "Gebruik kleine letters, cijfers en streepjes, zoals samen-zingen. Het zijn 2 tot 80 tekens, en niet alleen "
        "cijfers."
    ),
    "title_without_slug": N_(
        "Van deze naam kunnen we geen adres maken. Pas hem aan, of gebruik het adres dat we hieronder voorstellen."
    ),
    "title_is_taken": N_(
        "Er is al een opleiding met dit adres. Pas de naam aan, of gebruik het adres dat we hieronder voorstellen."
    ),
    "course_is_there": N_("Er is al een opleiding die {slug} heet. Kies een andere naam."),
    "edition_without_files": N_(
        "Deze editie is gemaakt toen we de bestanden nog niet bewaarden. Lees de opleiding opnieuw in uit haar map."
    ),
    "stale_text": N_(
        "Iemand anders heeft deze tekst intussen bewaard. Hieronder zie je wat er anders is. Jouw tekst staat er nog. "
        "Bewaar je opnieuw, dan geldt die."
    ),
    "too_many_rows": N_(
        "In een draaiboek passen van elke soort {most} rijen. Voeg er een paar samen. Er is niets weg."
    ),
    "too_many_lines": N_("In een lijst met materiaal passen {most} regels. Maak hem korter. Er is niets weg."),
    "script_too_long": N_("Dit draaiboek is te lang. Maak de teksten korter. Er is niets weg."),
    "text_gone": N_("Dit is intussen uit het concept gehaald. Zet het eerst terug."),
    "text_too_long": N_("Deze tekst is te lang. Knip hem in tweeën."),
    "bad_path": N_("Zo mag een bestand in een opleiding niet heten. Gebruik letters, cijfers en streepjes."),
    "head_broken": N_(
        "Dit kunnen we niet lezen. Kijk naar de inspringing en de aanhalingstekens, en haal een regel ‘---’ weg."
    ),
    "file_is_there": N_("Er is al iets met deze naam. Kies een andere naam, of haal dat eerst weg."),
    "too_many_files": N_("In een opleiding passen hoogstens {most} bestanden."),
    "unknown_module": N_("Kies een module uit de lijst."),
    "draft_changed": N_(
        "Het concept is intussen veranderd. Kijk hieronder wat er nu anders is, en publiceer dan opnieuw."
    ),
    "published_meanwhile": N_("Dit is intussen al gepubliceerd."),
    "draft_went_on": N_("Iemand schreef intussen verder in dit concept. Kijk eerst wat er nu staat."),
    "draft_full": N_(
        "In een concept past {megabytes} MB. Wat je weghaalde, telt mee tot je publiceert. "
        "Maak dit bestand kleiner, of publiceer eerst."
    ),
    "newer_edition": N_(
        "Er is intussen een editie {number}. Kijk hieronder wat er anders is, en zeg of jouw concept voorgaat."
    ),
    "nothing_to_publish": N_("Er is niets te publiceren: het concept is gelijk aan de laatste editie."),
    "rules_need_admin": N_(
        "In dit concept staan andere regels voor het certificaat. Die gelden meteen, ook voor wie al een certificaat "
        "heeft. Daarom publiceert een beheerder dit."
    ),
    "course_of_another": N_(
        "In course.yaml staat nu een andere interventie. Deze opleiding hoort bij ‘{slug}’. Zet die naam terug."
    ),
    "draft_broken": N_("Er zijn nog {count} dingen te herstellen. Er is niets gepubliceerd."),
    "other_course": N_(
        "In course.yaml staat nu de naam ‘{slug}’. Zet daar de oude naam terug: daaraan herkennen we de opleiding."
    ),
    "handbook_version_same": N_(
        "Het handboek is veranderd, dus het krijgt een nieuwe versie. Versie {version} was er al."
    ),
    "picture_without_words": N_("Schrijf wat op het beeld te zien is, of geef aan dat het alleen versiering is."),
    "media_missing": N_("Kies eerst een bestand."),
    "media_of_another_kind": N_("Dit bestand hoort niet in dit blok. Kies een bestand van de goede soort."),
    "film_without_captions": N_("Kies ondertitels, of geef aan dat er niets wordt gezegd."),
    "media_unknown": N_("Dit soort bestand kennen we hier niet. Kies mp4, webm, mp3, m4a, ogg, vtt of pdf."),
    "media_other": N_("Dit bestand is eigenlijk {suffix}. Geef het die naam en kies het opnieuw."),
    "media_too_large": N_("Dit bestand is te groot. Maak het kleiner dan {megabytes} MB."),
    "captions_unreadable": N_("Dit zijn geen ondertitels die we kunnen lezen. Ze beginnen met de regel WEBVTT."),
    "zip_missing": N_("Kies eerst een zip."),
    "zip_too_large": N_("Deze zip is te groot. Maak hem kleiner dan {megabytes} MB."),
    "zip_problems": N_("Dit is er mis met de zip. Herstel het en kies hem opnieuw."),
    "zip_too_hard": N_("Deze zip kunnen we niet uitpakken. Maak hem opnieuw, zonder bestanden die er niet in horen."),
    "intake_lost": N_("Het inlezen is niet gelukt. Kies de zip opnieuw."),
    "draft_is_there": N_("Van {slug} is er al een concept. Publiceer het of gooi het weg, en lees dan opnieuw in."),
    "lock_circle": N_("‘{title}’ wacht zelf op deze module. Dan gaan ze allebei nooit open."),
    "lock_below": N_("‘{title}’ staat onder deze module. Zet hem er eerst boven."),
    "module_waits": N_(
        "‘{title}’ wacht op ‘{other}’, en blijft er dus onder. Verander eerst wanneer ‘{title}’ opengaat."
    ),
    "module_gone": N_("Iemand heeft deze module intussen weggehaald. Wat jij schreef, staat hier nog."),
    "module_is_there": N_("Deze module staat er intussen al."),
    "last_module": N_("Een opleiding heeft minstens één module. Voeg eerst een andere toe."),
    "going_changed": N_("Er is intussen iets veranderd. Kijk nog eens wat er nu meegaat."),
    "unknown_core_element": N_("Kies een kernelement uit de lijst."),
    "cannot_move": N_("Dit kan niet van plaats veranderen."),
    "cannot_remove": N_("Dit hoort bij elke opleiding en kan niet weg."),
}

KIND_WORDS: Final[dict[Kind, str]] = {
    Kind.COURSE: N_("Opbouw van de opleiding"),
    Kind.LESSON: N_("Les"),
    Kind.CHECK: N_("Toets"),
    Kind.ASSIGNMENT: N_("Praktijkopdracht"),
    Kind.RUBRIC: N_("Beoordelingsformulier"),
    Kind.HANDBOOK: N_("Voorkant van het handboek"),
    Kind.SESSION: N_("Draaiboek"),
    Kind.POLICY: N_("Regels voor het certificaat"),
    Kind.PICTURE: N_("Beeld"),
    Kind.MEDIA: N_("Film, geluid of pdf"),
    Kind.OTHER: N_("Ander bestand"),
}
KIND_ICONS: Final[dict[Kind, str]] = {
    Kind.COURSE: "list",
    Kind.LESSON: "book-open",
    Kind.CHECK: "clipboard-check",
    Kind.ASSIGNMENT: "hand",
    Kind.RUBRIC: "scale",
    Kind.HANDBOOK: "book",
    Kind.SESSION: "scroll-text",
    Kind.POLICY: "award",
    Kind.PICTURE: "image",
    Kind.MEDIA: "video",
    Kind.OTHER: "file-text",
}
WHAT_LOOKS: Final[dict[What, StateLook]] = {
    What.ADDED: StateLook(N_("Nieuw"), "leaf", "plus"),
    What.CHANGED: StateLook(N_("Gewijzigd"), "sun", "pencil"),
    What.MOVED: StateLook(N_("Verplaatst"), "sky", "move"),
    What.REMOVED: StateLook(N_("Weg"), "tomato", "trash-2"),
}


@dataclass(frozen=True)
class Block:
    """A button above a text: what it puts in, in Dutch since courses are.

    `first`: what an author writes over first; `ask`: what is chosen before (`CHOICES`), for a block around a file;
    `only`: where it can stand, as a mode; empty: everywhere.
    """

    word: str
    icon: str
    text: str = ""
    first: str = ""
    ask: str = ""
    only: str = ""


BLOCKS: Final = (
    Block(N_("Kernelement"), "puzzle", "::: kern Titel\nWaar het om draait, in één of twee zinnen.\n:::", "Titel"),
    Block(N_("Let op"), "triangle-alert", "::: let-op Titel\nWat er mis kan gaan, en wat je dan doet.\n:::", "Titel"),
    Block(
        N_("Voorbeeld"), "message-square", "::: voorbeeld Titel (verzonnen voorbeeld)\nWat er gebeurde.\n:::", "Titel"
    ),
    Block(
        N_("Stappen"),
        "list-checks",
        "::: stappen\n1. **Eerst.** Wat je doet.\n2. **Dan.** Wat je daarna doet.\n:::",
        "Eerst",
    ),
    Block(N_("Denk na"), "lightbulb", "::: denk Titel\nEen vraag om even bij stil te staan.\n:::", "Titel"),
    Block(N_("Citaat"), "speech", "::: citaat Wie het zei\nWat er gezegd werd.\n:::", "Wie het zei"),
    Block(N_("Beeld"), "image", ask="beeld", only="lesson"),
    Block(N_("Video"), "video", ask="video", only="lesson"),
    Block(N_("Geluid"), "play", ask="geluid", only="lesson"),
    Block(N_("Download"), "file-down", ask="download", only="lesson"),
    Block(
        N_("Reflectie"),
        "pen-line",
        "::: reflectie eigen-naam Titel\nEen vraag om over te schrijven.\n:::",
        "Titel",
        only="lesson",
    ),
    Block(N_("Vraag"), "circle-help", ask="vraag", only="lesson"),
)
"""What the toolbar puts in, in the order of docs/cursus-schrijven.md."""


@dataclass(frozen=True)
class Choice:
    """What is chosen for a block: the heading, the field with what there is, and the one for a new file.

    `first`: what that one is called while there is none.
    """

    title: str
    there: str
    new: str
    first: str
    accept: str
    hint: str
    icon: str


CHOICES: Final[dict[str, Choice]] = {
    "beeld": Choice(N_("Zet een beeld in de tekst"), N_("Kies een beeld van deze opleiding"), "", "", "", "", "image"),
    "video": Choice(
        N_("Zet een film in de tekst"),
        N_("Kies een film van deze opleiding"),
        N_("Of een nieuwe film"),
        N_("Kies een film"),
        ".mp4,.webm",
        N_("mp4 of webm, tot 100 MB"),
        "video",
    ),
    "geluid": Choice(
        N_("Zet geluid in de tekst"),
        N_("Kies geluid van deze opleiding"),
        N_("Of nieuw geluid"),
        N_("Kies geluid"),
        ".mp3,.m4a,.ogg",
        N_("mp3, m4a of ogg, tot 100 MB"),
        "play",
    ),
    "download": Choice(
        N_("Zet een download in de tekst"),
        N_("Kies een pdf van deze opleiding"),
        N_("Of een nieuwe pdf"),
        N_("Kies een pdf"),
        ".pdf",
        N_("pdf, tot 100 MB"),
        "file-down",
    ),
    "vraag": Choice(N_("Zet een vraag in de tekst"), "", "", "", "", "", "circle-help"),
}


@dataclass(frozen=True)
class RowLook:
    """Rows of a script: the heading above them, what one is called, the button for one more, and a hint."""

    title: str
    one: str
    more: str
    hint: str


ROW_LOOKS: Final[dict[str, RowLook]] = {
    "s": RowLook(
        N_("Stappen"),
        N_("Stap"),
        N_("Nog een stap"),
        N_("Samen duren ze zo lang als de bijeenkomst: zet de pauze erbij."),
    ),
    "a": RowLook(
        N_("Als het anders loopt"),
        N_("Als"),
        N_("Nog iets dat anders kan lopen"),
        N_("Wat kan er gebeuren, en wat doe je dan?"),
    ),
    "w": RowLook(
        N_("Werkvormen als kaart"),
        N_("Kaart"),
        N_("Nog een kaart"),
        N_("Een kaart legt één werkvorm uit, om in je hand te houden."),
    ),
}
"""What a script holds, by the family of its rows (`scripts`)."""
