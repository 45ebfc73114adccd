"""Words for the outbox: kinds of mail and what became of them."""

from __future__ import annotations

import re
from typing import Final

from app.outbox.rules import MessageState
from app.web.words.shared import N_, StateLook

WORDS: Final = {"not_bounced": N_("Deze mail wacht niet op een nieuwe poging.")}


STATE_LOOKS: Final = {
    MessageState.PLANNED: StateLook(N_("Wacht"), "sky", "clock"),
    MessageState.SENT: StateLook(N_("Verstuurd"), "leaf", "check"),
    MessageState.BOUNCED: StateLook(N_("Niet aangekomen"), "tomato", "circle-alert"),
    MessageState.EXPIRED: StateLook(N_("Te laat"), "sun", "hourglass"),
    MessageState.SUPPRESSED: StateLook(N_("Niet meer nodig"), "", "circle-minus"),
}

KIND_WORDS: Final[dict[str, str]] = {
    "certification.granted": N_("Je certificaat is er"),
    "certification.refused": N_("Nog geen certificaat"),
    "conversation.digest": N_("Nieuwe berichten van de dag"),
    "conversation.new": N_("Nieuw bericht in een gesprek"),
    "courses.coach_assigned": N_("Wie je coach is"),
    "courses.coachees_assigned": N_("Wie je begeleidt"),
    "courses.own_letter": N_("Mail van een coach of beheerder"),
    "courses.invitation": N_("Uitnodiging voor de opleiding"),
    "delivery.link_undone": N_("Koppeling losgemaakt"),
    "delivery.linked": N_("Een plek die bij je past"),
    "delivery.presentation_cancelled": N_("Eindpresentatie gaat niet door"),
    "delivery.presentation_moved": N_("Eindpresentatie veranderd"),
    "delivery.presentation_planned": N_("Eindpresentatie gepland"),
    "delivery.trainer_found": N_("Trainer gevonden"),
    "handover.gives": N_("Overgedragen aan een andere coach"),
    "handover.professional": N_("Een andere coach"),
    "handover.takes": N_("Overgenomen van een andere coach"),
    "intervision.agenda": N_("Wat je vooraf wilt weten"),
    "intervision.case_call": N_("Vraag om een casus"),
    "intervision.invitation": N_("Uitnodiging intervisie"),
    "meetings.cancelled": N_("Bijeenkomst gaat niet door"),
    "meetings.moved": N_("Bijeenkomst verplaatst"),
    "meetings.off_the_list": N_("Van de wachtlijst gehaald"),
    "meetings.seat_offered": N_("Een plek van de wachtlijst"),
    "meetings.reminder": N_("Herinnering aan een bijeenkomst"),
    "meetings.seat_confirmed": N_("Bevestiging van een plek"),
    "meetings.seat_given_up": N_("Plek teruggegeven"),
    "people.invitation": N_("Uitnodiging voor een account"),
    "people.leaving_soon": N_("Account gaat weg"),
    "people.login_code": N_("Code om in te loggen"),
    "people.password_changed": N_("Wachtwoord veranderd"),
    "people.second_factor_changed": N_("Inloggen met een app veranderd"),
    "theory.upgrade_reminder": N_("Herinnering aan wat er nieuw is"),
    "theory.upgrade_required": N_("Iets nieuws om te lezen"),
    "theory.moved": N_("Een nieuwe editie van de opleiding"),
    "practice.agreed": N_("Wat jullie afspraken"),
    "practice.allowed_again": N_("Nog een keer"),
    "practice.correction_declined": N_("Besluit blijft staan"),
    "practice.sign_off_withdrawn": N_("Besluit teruggenomen"),
    "practice.decided": N_("Wat je coach besloot"),
    "practice.piece_extended": N_("Meer tijd voor een stukje"),
    "practice.submitted": N_("Werk ingeleverd"),
    "practice.visit_cancelled": N_("Bezoek afgezegd"),
    "practice.visit_moved": N_("Bezoek verplaatst"),
    "practice.visit_elsewhere": N_("Bezoek op een andere plek"),
    "practice.visit_planned": N_("Bezoek gepland"),
    "practice.visit_reminder": N_("Herinnering aan een bezoek"),
    "theory.words_back": N_("Je coach schreef iets terug"),
}

# What the mailer noted, as it begins, with what it means: names of errors, and the codes of RFC 5321 and RFC 3463.
_TOLD: Final = re.compile(
    r"(?:De mailserver nam het niet aan: )?((?:[A-Za-z]+(?:Error|Disconnected|Exception)|gaierror|herror)|\d{3} .*)",
    re.DOTALL,
)
_MEANINGS: Final[tuple[tuple[str, str], ...]] = (
    (r"SSL", N_("De beveiligde verbinding met de mailserver lukt niet.")),
    (r"SMTPNotSupported|530|534|535|538", N_("De mailserver laat ons niet binnen. Vraag je technisch beheerder.")),
    (r"[A-Za-z]", N_("De mailserver antwoordt niet.")),
    (r"\d{3} [45]\.2\.2|552|452", N_("De mailbox van deze persoon is vol.")),
    (r"\d{3} 5\.7\.", N_("De mailserver weigert deze mail.")),
    (r"\d{3} 5\.1\.|55[013]", N_("Dit adres bestaat niet, of neemt geen mail aan.")),
    (r"4", N_("De mailserver kan de mail nu niet aannemen.")),
    (r"", N_("De mailserver weigert deze mail.")),
)


def why(reason: str) -> tuple[str, str]:
    """What a reason means, in a sentence, and the technical words beside it; a sentence of our own stays as it is."""
    told = _TOLD.fullmatch(reason)
    if told is None:
        return reason, ""
    return next(words for start, words in _MEANINGS if re.match(start, told[1])), told[1]
