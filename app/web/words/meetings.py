"""Words for what meetings and intervision may refuse, and for what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.intervision.places import Region
from app.intervision.rules import Half, RoundState
from app.meetings.rules import Attendance, MeetingState
from app.web.words.shared import N_

WORDS: Final[dict[str, str]] = {
    "ends_before_start": N_("Het einde ligt voor het begin. Kijk de tijden nog eens na."),
    "net_too_long": N_("De bijeenkomst duurt {minutes} minuten. Er kunnen er niet meer meetellen."),
    "not_https": N_("Een link begint met https://"),
    "place_missing": N_("Vul een adres in, of een link als jullie elkaar online zien."),
    "day_in_past": N_("Deze dag is al geweest. Kies een dag die nog komt."),
    "fewer_seats_than_taken": N_("Er zijn al {taken} plekken bezet of aangeboden. Minder plekken kan niet."),
    "meeting_cancelled": N_("Deze bijeenkomst gaat niet door."),
    "meeting_past": N_("Deze bijeenkomst is al begonnen of geweest."),
    "meeting_full": N_("Deze bijeenkomst is net vol. Kies een andere dag, of ga op de wachtlijst."),
    "join_the_line": N_(
        "Er staan mensen op de wachtlijst voor deze dag. Ga op de wachtlijst, dan kom je aan de beurt."
    ),
    "wait_your_turn": N_("Je staat op de wachtlijst. Is er een plek voor je, dan krijg je een mail."),
    "offer_passed": N_("De plek werd voor je vastgehouden, maar die tijd is voorbij. Hij ging naar de volgende."),
    "line_ended": N_("De bijeenkomst is al gauw. Er komt geen wachtlijst meer. Mail ons als je wilt komen."),
    "not_in_line": N_("Deze persoon staat niet op de wachtlijst."),
    "signup_closed": N_("Aanmelden is gesloten. Wil je toch iets veranderen? Mail ons dan."),
    "not_held_yet": N_("Dit kan pas als de bijeenkomst is begonnen."),
    "not_ended_yet": N_("De bijeenkomst is nog bezig. Rond de lijst daarna af."),
    "marks_missing": N_("Van {missing} mensen met een plek weten we nog niet of ze er waren."),
    "meeting_settled": N_("De lijst is afgerond. Open hem eerst weer als er iets niet klopt."),
    "not_settled": N_("De lijst is al open."),
    "minutes_wrong": N_("Vul een heel aantal minuten in, of laat het leeg."),
    "round_exists": N_("Deze ronde is er al. Je vindt hem in de lijst."),
    "no_meeting_ahead": N_("Er is nog geen bijeenkomst die komt. Plan er eerst een."),
    "closing_passed": N_("De laatste dag om te antwoorden is voorbij. Kies eerst een nieuwe dag."),
    "nobody_to_invite": N_("Iedereen die mee kan doen, heeft al een uitnodiging."),
    "unknown_facilitator": N_("Deze gespreksleider kennen we niet. Kies iemand uit de lijst."),
    "may_not_lead": N_("{name} is geen gespreksleider, coach of trainer. Kies iemand uit de lijst."),
    "leader_busy": N_("{name} leidt op {day} al om deze tijd: {venue}. Kies iemand anders of een andere tijd."),
    "room_taken": N_("{venue} is op {day} om deze tijd al bezet. Kies een andere plek of tijd."),
    "venue_to_come": N_("De bijeenkomst van {day} heeft nog geen plek. Vul die eerst in."),
    "merge_not_now": N_("Kies een andere bijeenkomst van deze ronde die verstuurd is en nog komt."),
    "merge_no_room": N_("Er gaan {count} mensen mee, en daar is plek voor {free}. Kies een andere bijeenkomst."),
    "season_exists": N_("Dit seizoen is er al. Je vindt de rondes in de lijst."),
    "season_changed": N_("Het voorstel is intussen anders. Kijk het nog eens na en maak het dan."),
    "no_seat_for_leader": N_("Alle plekken zijn bezet. Zet er een stoel bij voor de gespreksleider."),
    "leads_it": N_("Jij leidt een bijeenkomst in deze ronde. Kun je niet komen? Mail ons dan."),
    "was_not_there": N_("Je was niet bij deze bijeenkomst, dus hier hoort geen leerpunt bij."),
}

REGION_WORDS: Final = {
    Region.NORTH: N_("Noord"),
    Region.MIDDLE: N_("Midden"),
    Region.SOUTH: N_("Zuid"),
}
HOLIDAY_WORDS: Final = (
    N_("Nieuwjaarsdag"),
    N_("Goede Vrijdag"),
    N_("eerste paasdag"),
    N_("tweede paasdag"),
    N_("Koningsdag"),
    N_("dodenherdenking"),
    N_("Bevrijdingsdag"),
    N_("Hemelvaartsdag"),
    N_("eerste pinksterdag"),
    N_("tweede pinksterdag"),
    N_("eerste kerstdag"),
    N_("tweede kerstdag"),
    N_("herfstvakantie"),
    N_("kerstvakantie"),
    N_("voorjaarsvakantie"),
    N_("meivakantie"),
)
"""What `app.intervision.days` calls free days."""

NONE_FITS: Final = N_("Dank je, we weten het. We zoeken samen een andere dag.")
HALF_WORDS: Final = {Half.SPRING: N_("voorjaar"), Half.AUTUMN: N_("najaar")}


@dataclass(frozen=True)
class Look:
    """How a state is shown."""

    word: str
    tone: str
    icon: str


ROUND_LOOKS: Final = {
    RoundState.DRAFT: Look(N_("Nog leeg"), "", "circle-dashed"),
    RoundState.PLANNED: Look(N_("Concept"), "sun", "pencil"),
    RoundState.OPEN: Look(N_("Aanmelden kan"), "leaf", "check"),
    RoundState.CLOSED: Look(N_("Aanmelden gesloten"), "sky", "lock"),
    RoundState.RUNNING: Look(N_("Bezig"), "sky", "users"),
    RoundState.UNPLACED: Look(N_("Mensen zonder plek"), "tomato", "triangle-alert"),
    RoundState.SETTLED: Look(N_("Afgerond"), "", "check-check"),
}

MEETING_LOOKS: Final = {
    MeetingState.DRAFT: Look(N_("Concept"), "sun", "pencil"),
    MeetingState.PUBLISHED: Look(N_("In orde"), "leaf", "check"),
    MeetingState.HELD: Look(N_("Lijst invullen"), "tomato", "clipboard-list"),
    MeetingState.SETTLED: Look(N_("Afgerond"), "", "check-check"),
    MeetingState.CANCELLED: Look(N_("Gaat niet door"), "", "ban"),
}
FULL_LOOK: Final = Look(N_("Vol"), "", "users")
TOO_SMALL_LOOK: Final = Look(N_("Te klein"), "tomato", "triangle-alert")
NO_FACILITATOR_LOOK: Final = Look(N_("Geen gespreksleider"), "tomato", "triangle-alert")

ATTENDANCE_LOOKS: Final = {
    Attendance.UNKNOWN: Look(N_("Nog niet ingevuld"), "", "circle-dashed"),
    Attendance.PRESENT: Look(N_("Aanwezig"), "leaf", "check"),
    Attendance.PARTIAL: Look(N_("Deels aanwezig"), "sun", "clock"),
    Attendance.ABSENT: Look(N_("Niet geweest"), "tomato", "x"),
    Attendance.ABSENT_NOTIFIED: Look(N_("Afgemeld"), "sky", "info"),
}
