"""The marks of personal data in words: kinds, purposes and periods as people read them."""

from __future__ import annotations

from typing import Final

from app.web.words.shared import N_

KINDS: Final[dict[str, str]] = {
    "contact": N_("Hoe we je bereiken"),
    "person": N_("Wat over jou gaat"),
    "free text": N_("Wat jij of je coach schrijft"),
    "special": N_("Foto’s en bestanden bij je opdrachten"),
    "secret": N_("Wat je toegang geeft"),
}

PURPOSES: Final[dict[str, str]] = {
    "to call": N_("je telefoonnummer, om te bellen"),
    "to sign in and write": N_("je mailadres, om in te loggen en te schrijven"),
    "to address people": N_("je naam, om je aan te spreken"),
    "to find people": N_("je naam, om je terug te vinden"),
    "accountability": N_("wie wat besloot, en waarom"),
    "coaching": N_("je voorbereiding, je werk en de begeleiding"),
    "assessment": N_("het bewijs bij je opdrachten"),
    "proof": N_("hoe er over je opdrachten en certificaat is besloten"),
    "what to tell": N_("de berichten die we je sturen"),
    "words of the sender": N_("de eigen woorden van de afzender"),
    "own learning": N_("je leeropbrengst na intervisie"),
    "to learn from the check": N_("je antwoorden in de kennischecks"),
    "to recognise a device": N_("op welk apparaat je inlogde"),
    "own data": N_("het bestand met je eigen gegevens, als je het aanvraagt"),
    "on the document": N_("je naam zoals hij op je certificaat staat"),
    "the document": N_("je certificaat als bestand"),
    "public check": N_("de code waarmee iemand je certificaat kan controleren"),
    "signing in": N_("je wachtwoord (onleesbaar), je codes en je sessies"),
    "coming in": N_("de link in je uitnodiging"),
    "answering from the mail": N_("de link waarmee je vanuit de mail antwoordt"),
}

PERIODS: Final[dict[str, str]] = {
    "account + 24 months": N_("Zolang je account bestaat, en daarna 24 maanden"),
    "24 months": N_("24 maanden"),
    "90 days": N_("90 dagen"),
    "90 days after the final decision": N_("Tot 90 dagen na het besluit over je certificaat"),
    "end of certification + 24 months": N_(
        "Tot 24 maanden na het einde van je certificaat, of van je opleiding als je er geen kreeg"
    ),
    "with the file": N_("Tot jij het weghaalt, en anders zolang je dossier bestaat"),
    "1 year after the end": N_("Tot een jaar na het einde van de opleiding"),
    "30 days": N_("30 dagen"),
    "48 hours": N_("48 uur"),
    "10 years": N_("10 jaar"),
    "24 hours": N_("24 uur"),
    "42 days": N_("42 dagen"),
}
