"""Words for what evidence may refuse, and for what it may be used."""

from __future__ import annotations

from typing import Final

from app.practice.rules.evidence import Purpose
from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "photo_signed": N_("Deze foto hoort bij wat je hebt afgetekend. Hij gaat niet meer weg uit je formulier."),
    "evidence_full": N_("Hiervan passen er {max} bij een opdracht. Haal er eerst een weg."),
    "no_room": N_("Je ruimte is vol: alles samen mag {gigabytes} GB zijn. Haal eerst iets weg dat je niet nodig hebt."),
    "no_room_at_work": N_(
        "De ruimte van je organisatie is vol: alles van jullie samen mag {gigabytes} GB zijn. "
        "Haal eerst iets weg dat je niet nodig hebt. Lukt dat niet, mail ons."
    ),
    "evidence_twice": N_("Dit bestand staat er al bij."),
    "video_too_large": N_(
        "Deze video is te groot. Een video mag {megabytes} MB zijn. Maak hem korter, of kies een andere."
    ),
    "audio_too_large": N_("Dit geluid is te groot. Het mag {megabytes} MB zijn. Maak het korter, of kies een ander."),
    "pdf_too_large": N_("Deze pdf is te groot. Een pdf mag {megabytes} MB zijn. Sla hem kleiner op."),
    "file_empty": N_("Dit bestand is leeg. Kies een ander."),
    "not_video": N_("Dit bestand is geen video die we kennen. Kies een MP4, MOV of WebM."),
    "not_audio": N_("Dit bestand is geen geluid dat we kennen. Kies een MP3, M4A, WAV, OGG of WebM."),
    "not_pdf": N_("Dit bestand is geen pdf. Sla het op als pdf en kies het opnieuw."),
    "video_broken": N_("Deze video is niet heel. Kies een andere, of maak hem opnieuw."),
    "audio_broken": N_("Dit geluid is niet heel. Kies een ander, of maak het opnieuw."),
    "pdf_broken": N_("Deze pdf is niet heel, of er hangt iets anders aan. Sla hem opnieuw op."),
    "upload_elsewhere": N_("Dit stuk past hier niet meer: een ander venster was al verder."),
    "upload_lost": N_("Dit bestand is onderweg kwijtgeraakt. Kies het opnieuw."),
    "upload_running": N_("Er is nog een bestand onderweg. Wacht tot het klaar is, of stop het."),
    "link_https": N_("Dit is geen adres van een pagina. Een adres begint met https://."),
    "consent_for_assessment": N_(
        "Zonder toestemming voor de beoordeling kan deze foto er niet bij. Kies een foto waarop niemand herkenbaar is."
    ),
}
PURPOSE_WORDS: Final = {
    Purpose.ASSESSMENT: (N_("Beoordeling"), N_("Je coach en de beheerder zien hem. Dit is altijd nodig.")),
    Purpose.INTERVISION: (N_("Intervisie"), N_("Je laat hem zien aan andere trainers")),
    Purpose.TRAINING: (N_("Opleiding"), N_("We gebruiken hem als voorbeeld voor nieuwe mensen")),
    Purpose.PUBLICATION: (N_("Publicatie"), N_("Op een website of in een folder")),
}
"""What somebody said yes to, and what that means."""
