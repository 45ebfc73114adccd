"""What we keep of people, in words that they know: each row one thing, with the columns that hold it.

How long a row stays and what erasing does to it is not written here but read from the marks of its columns; a test
holds that every column with personal data stands in one row, and only one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.web.words.shared import N_


@dataclass(frozen=True)
class Row:
    """One thing that we keep, and why. `columns`: table.column of each place where it stands.

    `period` only where the marks say no more than "as long as its row", as they do of who somebody was.
    """

    what: str
    why: str
    columns: tuple[str, ...]
    period: str = ""


@dataclass(frozen=True)
class Group:
    """Rows about one side of somebody's life here."""

    title: str
    rows: tuple[Row, ...]


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
    "12 months after looking ended": N_("Tot een jaar nadat het zoeken stopte"),
    "30 days": N_("30 dagen nadat je bent uitgelogd"),
    "48 hours": N_("48 uur"),
    "10 years": N_("10 jaar"),
    "24 hours": N_("24 uur"),
    "42 days": N_("42 dagen"),
}
"""The periods of the marks."""

WITH_NAME: Final = N_("Met je naam erbij zolang je account bestaat en 24 maanden daarna, dan zonder je naam")
MESSAGES: Final = N_("Zo lang als het bericht")
SIX_YEARS: Final = N_("6 jaar")

ERASED: Final[dict[str, str]] = {
    "delete": N_("Gaat weg"),
    "null": N_("Gaat weg"),
    "pseudonymise": N_("Wordt een nummer"),
    "keep": N_("Blijft, zonder je naam"),
}
"""What happens to a row when somebody has herself erased, by the marks of its columns."""

KEPT: Final = (
    Group(
        N_("Wie je bent"),
        (
            Row(
                N_("Je naam"),
                N_("Om je aan te spreken en terug te vinden"),
                ("person.name", "person.folded_name"),
            ),
            Row(N_("Je mailadres"), N_("Om in te loggen en om je te schrijven"), ("person.email",)),
            Row(
                N_("Je telefoonnummer, als je dat geeft"),
                N_("Zodat je coach en de beheerder je kunnen bellen"),
                ("person.phone",),
            ),
            Row(
                N_("Waar je werkt, en welke rollen je hier hebt"),
                N_("Zodat ieder alleen ziet wat bij het eigen werk hoort"),
                ("membership.person_id", "role_grant.person_id"),
                WITH_NAME,
            ),
            Row(
                N_("Wie je leidinggevende is"),
                N_("Zodat die niet ook je werk beoordeelt"),
                ("line_manager.person_id", "line_manager.manager_id"),
            ),
        ),
    ),
    Group(
        N_("Hoe je binnenkomt"),
        (
            Row(
                N_("De link in je uitnodiging"),
                N_("Om je account te maken"),
                (
                    "invitation.nonce",
                    "invitation.person_id",
                    "invitation.invited_by_id",
                ),
            ),
            Row(
                N_("Je wachtwoord, zo opgeslagen dat niemand het kan lezen"),
                N_("Om in te loggen, als je een wachtwoord koos"),
                ("account.password_hash", "account.person_id"),
            ),
            Row(
                N_("De codes die we je mailen om in te loggen"),
                N_("Om zonder wachtwoord binnen te komen"),
                ("login_code.nonce", "login_code.browser_hash", "login_code.person_id"),
            ),
            Row(
                N_("Het geheim van je app en je herstelcodes, zo opgeslagen dat niemand ze kan lezen"),
                N_("Om in te loggen met een tweede bewijs, als je dat instelde"),
                (
                    "second_factor.sealed",
                    "second_factor.person_id",
                    "recovery_code.code_hash",
                    "recovery_code.person_id",
                ),
            ),
            Row(
                N_("Op welke apparaten je inlogde, en wanneer"),
                N_("Zodat je ziet waar je bent ingelogd en dat kunt stoppen"),
                ("sign_in.token_hash", "sign_in.device", "sign_in.person_id"),
            ),
            Row(
                N_("Dat je een formulier verstuurde"),
                N_("Zodat twee keer drukken één keer telt"),
                ("form_key.person_id",),
            ),
        ),
    ),
    Group(
        N_("Wat je leert"),
        (
            Row(
                N_("Welke opleiding je volgt, welke lessen je las en welke toetsen je haalde"),
                N_("Zodat jij en wie je begeleidt zien hoe ver je bent"),
                ("enrolment.person_id",),
                WITH_NAME,
            ),
            Row(
                N_("Wat je in de toetsen antwoordde"),
                N_("Zodat je kunt terugkijken wat je goed had"),
                ("quiz_attempt.answers",),
            ),
        ),
    ),
    Group(
        N_("Wat je doet in de praktijk"),
        (
            Row(
                N_("Waar en wanneer jouw groep bij elkaar komt"),
                N_("Zodat je coach kan komen kijken"),
                ("delivery.leader_id", "presentation_entry.person_id"),
                WITH_NAME,
            ),
            Row(
                N_("Waar en wanneer je een groep zocht, en wat je kunt bieden"),
                N_("Om een organisatie te vinden die bij je past"),
                (
                    "group_search.regions",
                    "group_search.days",
                    "group_search.parts",
                    "group_search.offer",
                    "group_search.person_id",
                ),
            ),
            Row(
                N_("Wie een trainer kan bellen of mailen, als jouw organisatie er een zoekt"),
                N_("Zodat de trainer die past contact kan opnemen"),
                ("trainer_request.contact_name", "trainer_request.contact_email", "trainer_request.contact_phone"),
            ),
            Row(
                N_("Je voorbereiding: je doel, je plan, je leervraag en wat je vast invulde"),
                N_("Zodat je coach je kan helpen"),
                (
                    "preparation.goal",
                    "preparation.session_plan",
                    "preparation.learning_question",
                    "preparation.draft_scores",
                    "preparation.draft_note",
                ),
            ),
            Row(
                N_("Je terugblik op één moment (STARR), ook terwijl je eraan schrijft"),
                N_("Zodat je ervan leert, en je coach met je mee kan denken"),
                (
                    "reflection_draft.situation",
                    "reflection_draft.task",
                    "reflection_draft.action",
                    "reflection_draft.result",
                    "reflection_draft.reflection",
                    "reflection_draft.transfer",
                    "reflection_words.situation",
                    "reflection_words.task",
                    "reflection_words.action",
                    "reflection_words.result",
                    "reflection_words.reflection",
                    "reflection_words.transfer",
                ),
            ),
            Row(
                N_("Foto’s, video, geluid en tekst van het werk, met wat je erbij schreef"),
                N_("Om te laten zien wat jullie maakten"),
                (
                    "evidence.storage_key",
                    "evidence.thumb_key",
                    "evidence.caption",
                    "evidence.words",
                    "evidence.link",
                ),
            ),
            Row(
                N_("Een bestand dat nog onderweg is, in stukken"),
                N_("Om verder te gaan als de verbinding wegviel"),
                ("upload.caption", "upload_piece.storage_key"),
            ),
            Row(
                N_("Wat je aan je coach schreef toen je inleverde"),
                N_("Zodat je coach weet hoe het ging"),
                ("submission.note",),
            ),
            Row(
                N_("Wat jij en je coach elkaar schrijven, en wat je typte maar nog niet verstuurde"),
                N_("Om elkaar bij een opdracht te kunnen vragen en antwoorden"),
                ("conversation_message.body", "conversation_side.draft"),
            ),
            Row(
                N_("Dat een bericht van jou is, en hoe ver je las"),
                N_("Zodat jullie zien wat nieuw is en wat gelezen"),
                ("conversation_message.author_id", "conversation_side.person_id"),
                MESSAGES,
            ),
            Row(
                N_("Of en wanneer je mail wilt over nieuwe berichten"),
                N_("Om je te schrijven zoals jij wilt"),
                ("conversation_mail.person_id",),
                WITH_NAME,
            ),
            Row(
                N_("De scores die je jezelf gaf"),
                N_("Om naast die van je coach te leggen"),
                ("submission.self_scores",),
            ),
            Row(
                N_("De scores en opmerkingen van je coach"),
                N_("Om met je te bespreken wat goed gaat en wat beter kan"),
                ("assessment.form",),
            ),
            Row(
                N_("Wat jullie in het nagesprek afspraken"),
                N_("Zodat jullie er de volgende keer op terug kunnen komen"),
                ("talk.agreements",),
            ),
            Row(
                N_("Wat er stond toen je coach aftekende"),
                N_("Om te bewijzen dat je de opdracht kunt"),
                ("sign_off_content.content",),
            ),
            Row(
                N_("Waarom een besluit van je coach is teruggenomen, of juist niet"),
                N_("Om uit te leggen waarom er opnieuw is gekeken"),
                ("sign_off_withdrawal_content.content", "correction.reason", "correction.answer"),
            ),
            Row(
                N_("Hoe je coach bij je groep komt, en wie daar de deur opendoet"),
                N_("Zodat je coach op tijd is en weet bij wie te zijn"),
                ("coach_visit.directions", "coach_visit.venue_contact"),
            ),
            Row(
                N_("Waarom een bezoek van je coach niet doorging"),
                N_("Om samen een andere dag te vinden"),
                ("coach_visit.cancel_reason",),
            ),
            Row(
                N_("Waarom je een andere coach kreeg"),
                N_("Zodat de nieuwe coach goed kan beginnen"),
                ("coach_assignment.reason",),
            ),
            Row(
                N_("Hoeveel je als coach aankunt, en in welke plaatsen"),
                N_("Zodat niemand te veel werk krijgt, en coaches dichtbij zijn"),
                ("coach_profile.regions", "coach_profile.person_id"),
            ),
            Row(
                N_("Wanneer je als coach weg bent: ziek, vakantie, verlof of iets anders"),
                N_("Zodat iemand anders het even overneemt"),
                ("coach_absence.reason", "coach_absence.person_id"),
            ),
            Row(
                N_("De notities van je coach over je opleiding"),
                N_("Zodat jij en je coach weten wat er speelt, en een volgende coach niet opnieuw begint"),
                ("coach_note.text",),
            ),
            Row(
                N_("Wie je coach was, en wie aftekende"),
                N_("Zodat duidelijk blijft wie je begeleidde en wie oordeelde"),
                (
                    "coach_assignment.coach_id",
                    "coach_handover.coach_id",
                    "coach_visit.coach_id",
                    "assessment.coach_id",
                    "sign_off.coach_id",
                    "talk.discussed_by_id",
                    "correction.asked_by_id",
                    "correction.settled_by_id",
                    "sign_off_withdrawal.asked_by_id",
                    "sign_off_withdrawal.decided_by_id",
                    "coach_note.author_id",
                    "agreement_kept.kept_by_id",
                ),
                WITH_NAME,
            ),
            Row(
                N_("Wie een foto toevoegde, wie voor toestemming instond en wie die introk"),
                N_("Zodat duidelijk blijft van wie een foto is en dat het mocht"),
                (
                    "evidence.added_by_id",
                    "upload.person_id",
                    "consent_attestation.attested_by_id",
                    "consent_attestation.withdrawn_by_id",
                ),
                WITH_NAME,
            ),
        ),
    ),
    Group(
        N_("Je certificaat"),
        (
            Row(
                N_("Je naam op het certificaat, en het certificaat zelf als pdf"),
                N_("Zodat je het kunt laten zien"),
                ("certificate.holder_name", "certificate.printed", "certificate.pdf_key"),
            ),
            Row(
                N_("Waar het besluit op rust: je lessen, opdrachten en bezoeken van dat moment"),
                N_("Om te kunnen uitleggen waarom er zo is besloten"),
                ("certification_decision.facts",),
            ),
            Row(
                N_("Het nummer, de datums en de stand van je certificaat, en de code om het na te kijken"),
                N_("Zodat iemand kan nagaan of een certificaat echt is"),
                ("certificate.code", "certification.person_id", "standing_span.person_id"),
            ),
        ),
    ),
    Group(
        N_("Bijeenkomsten en intervisie"),
        (
            Row(
                N_("Of je zou komen, en of je er was"),
                N_("Om plekken te verdelen, en om mee te tellen voor je certificaat"),
                ("meeting_signup.person_id",),
                SIX_YEARS,
            ),
            Row(
                N_("De link waarmee je vanuit de mail antwoordt"),
                N_("Zodat je niet hoeft in te loggen om te antwoorden"),
                ("meeting_signup.nonce", "meeting_signup.token_hash"),
            ),
            Row(
                N_("Wat je na een bijeenkomst voor jezelf opschreef"),
                N_("Zodat jij het terug kunt lezen, en niemand anders"),
                ("learning_point.learned", "learning_point.next_step", "learning_point.person_id"),
            ),
        ),
    ),
    Group(
        N_("Post en verantwoording"),
        (
            Row(
                N_("De mails die je van ons krijgt, met wat de afzender zelf schreef"),
                N_("Om te zien of een mail is aangekomen"),
                ("message.data", "message.own_text", "message.person_id", "message.reply_to_id"),
            ),
            Row(
                N_("De kopie van je gegevens, als je die aanvraagt"),
                N_("Zodat je hem kunt ophalen"),
                ("export.storage_key", "export.person_id"),
            ),
            Row(
                N_("Wat er over je is besloten of veranderd, en waarom"),
                N_("Om het later te kunnen uitleggen"),
                ("ledger_content.content",),
            ),
            Row(
                N_("Dat jij iets deed: een groep leiden, iemand uitnodigen, iets besluiten"),
                N_("Zodat achteraf klopt wie wat deed"),
                (
                    "ledger_event.actor_id",
                    "coach_absence.noted_by_id",
                    "coach_handover.made_by_id",
                    "enrolment_extension.granted_by_id",
                    "return_extension.granted_by_id",
                    "role_grant.granted_by_id",
                    "certification_decision.decided_by_id",
                    "meeting_signup.attendance_by_id",
                    "meeting.contact_id",
                    "cohort.contact_id",
                    "trainer_request.asked_by_id",
                    "group_link.linked_by_id",
                    "intervision_session.facilitator_id",
                ),
                WITH_NAME,
            ),
        ),
    ),
)
