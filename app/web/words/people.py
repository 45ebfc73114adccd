"""Words for what people may refuse."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "foreign_letters": N_("Schrijf de naam in ons alfabet, zoals op een paspoort. Dan past hij op het certificaat."),
    "bad_sign_in": N_(
        "Dit adres en dit wachtwoord horen niet bij elkaar. Probeer het nog eens, of laat je een code sturen."
    ),
    "code_wrong": N_(
        "Deze code klopt niet, of werkt niet meer. Kijk in de nieuwste mail, of vraag een nieuwe code aan "
        "in deze browser."
    ),
    "app_code_missing": N_("Vul de zes cijfers uit je app in."),
    "app_code_wrong": N_("Deze code klopt niet. Kijk in je app welke zes cijfers er nu staan."),
    "app_code_used": N_("Deze code is al gebruikt. Wacht tot er in je app zes nieuwe cijfers staan."),
    "recovery_code_wrong": N_("Deze herstelcode kennen we niet, of je hebt hem al gebruikt. Neem een andere."),
    "second_factor_there": N_("Je hebt al een app ingesteld."),
    "second_factor_required": N_("Bij je rol hoort inloggen met een app. Je kunt wel verder met een andere telefoon."),
    "second_factor_unreadable": N_("We kunnen je app niet meer herkennen. Vraag een beheerder om hem los te maken."),
    "password_wrong": N_("Dit is niet je wachtwoord. Probeer het nog eens, of laat je een code sturen."),
    "password_short": N_("Dit wachtwoord is te kort. Neem er minstens 12 tekens voor, bijvoorbeeld vier woorden."),
    "password_long": N_("Dit wachtwoord is te lang. Er passen 200 tekens in."),
    "password_common": N_(
        "Dit wachtwoord is te makkelijk te raden. Neem vier woorden die niets met elkaar te maken hebben."
    ),
    "email_in_use": N_("Dit adres hoort al bij iemand anders. Elk adres kan bij één persoon horen."),
    "address_of_admin": N_("Het adres van deze beheerder kan alleen een eigenaar veranderen."),
    "no_address": N_("Van {name} kennen we geen mailadres. Vul dat eerst in."),
    "contact_needs_organisation": N_("Kies voor welke organisatie deze persoon contactpersoon is."),
    "last_owner": N_("Dit is de enige eigenaar. Maak eerst iemand anders eigenaar."),
    "invitation_unknown": N_("Deze link kennen we niet, of de uitnodiging is ingetrokken."),
    "invitation_expired": N_("Deze uitnodiging is verlopen."),
    "invitation_used": N_("Deze uitnodiging is al gebruikt."),
    "mailbox_proof_needed": N_("Je hebt al een account. Vul de code in die we je mailen."),
    "nobody_chosen": N_("Kies eerst iemand."),
    "import_empty": N_("Er staan nog geen regels in. Plak een lijst of kies een bestand."),
    "import_too_long": N_("Dit zijn meer dan {limit} regels. Deel de lijst op in stukken."),
    "import_unreadable": N_("Dit bestand kunnen we niet lezen. Bewaar het als csv of xlsx en probeer het opnieuw."),
    "import_mistakes": N_("Verbeter eerst de regels met een fout. Er is nog niets overgezet."),
    "import_no_course": N_("Publiceer eerst een opleiding. Dan weten we waarvoor deze mensen gecertificeerd zijn."),
    "import_which_course": N_("Kies waarvoor deze mensen gecertificeerd zijn."),
    "import_file_large": N_("Dit bestand is te groot. Een lijst mag 5 MB zijn."),
    "import_no_name": N_("Vul een naam in."),
    "import_commas": N_("Hier staan komma’s. Zet een puntkomma (;) tussen naam, mailadres en organisatie."),
    "import_no_email": N_("Vul een mailadres in."),
    "import_two_addresses": N_("Hier staan twee adressen. Laat er één staan."),
    "import_twice": N_("Dit adres staat al in een eerdere regel, met iets anders erbij."),
    "import_long": N_("Dit is te lang. Er passen 200 tekens in."),
    "import_date": N_("Dit is geen datum die we kennen. Schrijf hem zo: 24-11-2025, of 24 november 2025."),
    "import_no_such_day": N_("Deze dag bestaat niet."),
    "import_future": N_("Deze dag moet nog komen."),
    "import_since_missing": N_("Vul in sinds wanneer deze persoon gecertificeerd is, of haal het aantal weg."),
    "import_count": N_("Vul een getal in van 0 tot 20."),
    "owner_exists": N_("Er is al een eigenaar. Die kan anderen beheerder maken."),
    "register_unnamed": N_("Vul in bij welk register dit nummer hoort."),
    "too_many_feeds": N_("Je hebt al {most} links. Haal er eerst een weg die je niet meer gebruikt."),
    "export_busy": N_("Je gegevens worden al klaargezet. Kijk zo nog een keer."),
    "erase_not_confirmed": N_("Zet eerst een vinkje dat je weet wat er weggaat."),
}
