"""What we keep of people, in words that they know: each row one thing, with the columns that hold it.

How long a row stays and what erasing does to it is not written here but read from the marks of its columns; a test
holds that every column with personal data stands in one row, and only one.
"""

from __future__ import annotations

from typing import Final

from app.web.words.kept import SIX_YEARS, WITH_NAME, Group, Row
from app.web.words.retention_practice import PRACTICE
from app.web.words.shared import N_

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
    "14 days after the meeting": N_("Tot 14 dagen na de bijeenkomst; gaat die niet door, dan meteen"),
}
"""The periods of the marks."""


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
                N_("Je nummers in beroepsregisters, als je die geeft"),
                N_("Zodat we je aanwezigheid aan je register kunnen doorgeven"),
                (
                    "registration_number.register",
                    "registration_number.number",
                    "registration_number.other",
                    "registration_number.person_id",
                ),
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
                N_("De links waarmee je eigen agenda je afspraken ophaalt, zo opgeslagen dat niemand ze kan lezen"),
                N_("Zodat je afspraken in je eigen agenda staan, als je dat koos"),
                ("calendar_feed.token_hash", "calendar_feed.label", "calendar_feed.person_id"),
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
                N_("Welke opleiding je volgt, welke lessen je las of opnieuw leest, en welke toetsen je haalde"),
                N_("Zodat jij en wie je begeleidt zien hoe ver je bent"),
                ("enrolment.person_id",),
                WITH_NAME,
            ),
            Row(
                N_("Wat er voor jou als trainer nieuw is om te lezen, en wanneer je het las"),
                N_("Zodat iedereen met een certificaat bij is"),
                ("update_task.person_id",),
                WITH_NAME,
            ),
            Row(
                N_("Wat je in de toetsen antwoordde, ook terwijl je ermee bezig bent"),
                N_("Zodat je kunt terugkijken wat je goed had, en verder kunt waar je was"),
                ("quiz_attempt.answers", "quiz_draft.answers"),
            ),
            Row(
                N_("Hoeveel minuten je actief was in een les, als je opleiding dat meet. Het staat er dan bij"),
                N_("Om te zien of de geschatte minuten bij een les kloppen. Alleen jij ziet jouw minuten"),
                ("lesson_time.seconds", "lesson_time.day_seconds"),
            ),
            Row(
                N_("Wat je coach terugschreef bij een open antwoord"),
                N_("Zodat je iets hebt aan wat je opschreef"),
                ("open_answer.words",),
            ),
            Row(
                N_("Wat je in een les opschreef, bekeek en bij een vraag koos, en de passages die je bewaarde"),
                N_("Om van te leren. Alleen jij leest het, tot je het deelt met je coach; je kunt het altijd weghalen"),
                ("lesson_work.words", "lesson_work.facts", "lesson_note.words"),
            ),
        ),
    ),
    PRACTICE,
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
                N_("Aan welke tafel je zat bij intervisie"),
                N_("Om je een volgende keer met andere mensen te laten praten"),
                ("group_seat.signup_id",),
            ),
            Row(
                N_("Welke plek we voor je voorstelden toen je er nog geen had"),
                N_("Om je een plek te geven, en dat te kunnen terugdraaien"),
                ("placing_line.person_id",),
            ),
            Row(
                N_("De link waarmee je vanuit de mail antwoordt"),
                N_("Zodat je niet hoeft in te loggen om te antwoorden"),
                ("meeting_signup.nonce", "meeting_signup.token_hash"),
            ),
            Row(
                N_("Wanneer je wel kunt, als geen van de dagen past"),
                N_("Om een dag te zoeken die je wel past. De 90 dagen gaan in na de laatste bijeenkomst van de ronde"),
                ("round_reply.possible", "round_reply.note", "round_reply.person_id"),
            ),
            Row(
                N_("Wat je na een bijeenkomst voor jezelf opschreef"),
                N_("Zodat jij het terug kunt lezen, en niemand anders"),
                ("learning_point.learned", "learning_point.next_step", "learning_point.person_id"),
            ),
            Row(
                N_("De tekst van je casus, zo opgeslagen dat alleen je tafel hem kan lezen"),
                N_("Zodat je tafel er met je over kan praten"),
                ("intervision_case.sealed",),
            ),
            Row(
                N_("De titel van je casus"),
                N_("Zodat je weet waar je tafel over praatte"),
                ("intervision_case.title", "intervision_case.person_id"),
            ),
            Row(
                N_("Dat je de afspraken over het gesprek aannam, en welke"),
                N_("Zodat iedereen aan tafel erop kan rekenen"),
                ("intervision_agreement.person_id",),
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
                    "course_draft.made_by_id",
                    "course_intake.sent_by_id",
                    "draft_file.changed_by_id",
                    "enrolment_extension.granted_by_id",
                    "return_extension.granted_by_id",
                    "role_grant.granted_by_id",
                    "certification_decision.decided_by_id",
                    "meeting_signup.attendance_by_id",
                    "made_up_day.noted_by_id",
                    "meeting.contact_id",
                    "cohort.contact_id",
                    "trainer_update.made_by_id",
                    "edition_stay.decided_by_id",
                    "edition_stay.withdrawn_by_id",
                    "trainer_request.asked_by_id",
                    "group_link.linked_by_id",
                    "intervision_group.facilitator_id",
                    "session_facilitator.person_id",
                ),
                WITH_NAME,
            ),
        ),
    ),
)
