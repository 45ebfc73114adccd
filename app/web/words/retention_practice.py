"""What we keep of the practical part (app.web.words.retention has the rest)."""

from __future__ import annotations

from typing import Final

from app.web.words.kept import MESSAGES, WITH_NAME, Group, Row
from app.web.words.shared import N_

PRACTICE: Final = Group(
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
            N_("De notities van je coach of een beheerder over je opleiding"),
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
                "open_answer.read_by_id",
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
)
