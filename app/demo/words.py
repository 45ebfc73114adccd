"""What people in the demo wrote: goals, plans, notes, agreements. No resident is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Written:
    """Goal, session plan and learning question of one preparation."""

    goal: str
    plan: str
    question: str


PLANS: Final = (
    Written(
        "Na tien weken heeft iedereen één werk om trots op te zijn, en durft de helft er zelf iets over te zeggen.",
        "Bijeenkomst 1: kennismaken met een foto uit je zak of tas.\n"
        "Bijeenkomst 2: een tijdlijn van lint, met drie knopen.\n"
        "Bijeenkomst 3 en 4: portret van je hand, met woorden eromheen.\n"
        "Bijeenkomst 5 tot 7: een eigen kistje maken.\n"
        "Bijeenkomst 8: oefenen met laten zien.\n"
        "Daarna de eindpresentatie, met koffie en familie.",
        "Is mijn tempo rustig genoeg? Ik ben geneigd om te veel te plannen.",
    ),
    Written(
        "Ik wil een groep waarin mensen die elkaar alleen van de lift kennen, elkaar bij naam gaan groeten.",
        "We beginnen elke keer met tien minuten koffie en de afspraken aan de muur.\n"
        "Dan een korte opdracht met beeld, en daarna in tweetallen.\n"
        "Elke week blijft er één stukje hangen voor het eindwerk: een huis van karton met acht ramen.\n"
        "Iedereen maakt een eigen raam. Samen wordt het een straat.",
        "Hoe betrek ik iemand die liever kijkt dan maakt?",
    ),
    Written(
        "Deelnemers kiezen zelf wat ze van hun verhaal laten zien. Ik help met de vorm en blijf van de inhoud af.",
        "Week 1 en 2: foto’s van de eigen straat, gemaakt met een polaroid.\n"
        "Week 3: een voorwerp van thuis en wat het al heeft meegemaakt.\n"
        "Week 4 en 5: collage van wat belangrijk is.\n"
        "Week 6 tot 8: alles komt samen in een boekje van zes bladzijden.\n"
        "Eindpresentatie in de bibliotheek, met het boekje open op tafel.",
        "Wat doe ik als iemand zijn boekje op het laatst toch dicht wil houden?",
    ),
    Written(
        "Mensen gaan naar huis met een beeld dat van hen is, en met iemand die ze de week erna nog eens bellen.",
        "Ik werk met een vaste opbouw: aankomen, beeld, maken, kijken, afsluiten.\n"
        "In de eerste helft zoeken we beelden die bij je passen, in de tweede helft kiezen we.\n"
        "Materiaal staat per tafel klaar, zodat niemand hoeft te vragen.\n"
        "Mijn collega van de dagbesteding loopt mee vanaf bijeenkomst drie.",
        "Vanaf wanneer laat ik de groep zelf over de presentatie beslissen?",
    ),
)

SESSIONS: Final = (
    Written(
        "Iedereen maakt een portret van de eigen hand en kiest één woord dat erbij hoort.",
        "13.30 Koffie, en de afspraken in twee zinnen.\n"
        "13.45 Doel van vandaag. Ik laat drie heel verschillende handen zien.\n"
        "14.00 Hand overtrekken, kleur en papier kiezen. Muziek zacht aan.\n"
        "14.40 In tweetallen: wat heeft deze hand al gedaan?\n"
        "15.00 Rondje langs de tafel. Passen mag.\n"
        "15.20 Wat gaat er mee in het eindwerk? Afsluiten met een compliment aan je buur.",
        "Lukt het me om vragen te stellen zonder het antwoord al in te vullen?",
    ),
    Written(
        "De groep ontdekt dat een voorwerp van thuis een heel verhaal kan dragen, ook zonder veel woorden.",
        "10.00 Binnenkomst, ieder zet het voorwerp onder een doek.\n"
        "10.15 Afspraken, en waarom ‘passen’ ook meedoen is.\n"
        "10.30 Doek eraf: kijken, nog niet vertellen. Wat zie je?\n"
        "10.45 Tekenen of fotograferen, van heel dichtbij.\n"
        "11.20 Oefenen met luisteren: één vertelt, één vraagt alleen door.\n"
        "11.45 Afsluiting: wat neem je mee van een ander?",
        "Hoe verdeel ik de aandacht als twee mensen veel vertellen?",
    ),
    Written(
        "Aan het eind hangt er een tijdlijn waar iedereen drie momenten op heeft gezet die hij wil laten zien.",
        "14.00 Welkom. Ik vertel waar we zijn op weg naar de presentatie.\n"
        "14.10 De afspraken. Een deelnemer leest ze voor.\n"
        "14.20 Lint, knopen, kaartjes: ieder begint waar hij wil.\n"
        "15.00 Pauze met thee, zodat wie langzaam werkt kan doorgaan.\n"
        "15.15 Wandelen langs de lijnen. Een vraag stellen mag, uitleggen hoeft niet.\n"
        "15.45 Ronde: één woord over je eigen werk.",
        "Ik wil rustig blijven als het stil valt. Tel ik tot tien?",
    ),
)

FINALES: Final = (
    Written(
        "De deelnemers ontvangen hun eigen gasten. Ik hoef alleen de deur open te houden en de tijd te bewaken.",
        "Een uur vooraf: samen ophangen en proefstaan.\n"
        "Opening door twee deelnemers, elk twee zinnen.\n"
        "Gasten lopen rond met een vraagkaartje: ‘Wat raakt je?’\n"
        "Wie niet wil spreken, schenkt koffie of zet de muziek aan.\n"
        "Afsluiting: ieder krijgt een foto van het eigen werk mee.\n"
        "Na afloop bel ik de twee mensen voor wie het spannend is.",
        "Kan ik een stap terug doen als iemand vastloopt, in plaats van het over te nemen?",
    ),
    Written(
        "Ieder heeft een vorm die past: voorlezen, laten zien, of ernaast staan. Familie ziet wat er gegroeid is.",
        "We oefenen de week ervoor op de echte plek.\n"
        "Er is een stille hoek met een stoel en een glas water.\n"
        "Het boekje ligt open bij de ingang, met pen voor reacties.\n"
        "Mijn collega vangt gasten op die te veel vragen.\n"
        "Samen opruimen hoort erbij, met taart.",
        "Hoe benoem ik precies wat iemand goed deed, zodat het geen algemeen applaus is?",
    ),
)

NOTES: Final = (
    "Ik vond het spannender dan ik dacht. Toen het stil werd heb ik gewacht, en dat werkte.",
    "De uitleg kon korter. Daarna ging het vanzelf en hoefde ik weinig te doen.",
    "Ik ben trots op de sfeer. Bij het rondje praatte ik zelf nog te veel.",
    "De tijd liep uit, dus de afsluiting was kort. Volgende keer begin ik er eerder aan.",
    "Iemand wilde stoppen en is toch gebleven, omdat ze mocht kijken in plaats van maken.",
    "Ik heb één keer ingevuld wat iemand bedoelde. Ik merkte het meteen en heb het hersteld.",
)

STARR: Final = (
    {
        "situation": "Vlak voor de opening wilde iemand zijn werk weghalen. De zaal liep al vol.",
        "task": "Hem echt de keuze laten, en de groep rustig houden.",
        "action": "Ik ging naast hem zitten en vroeg wat er wél mocht hangen. Daarna wachtte ik.",
        "result": "Twee van de drie beelden bleven hangen. Hij stond er zelf naast toen zijn dochter binnenkwam.",
        "reflection": "Vroeger had ik hem overgehaald. Nu liet ik hem kiezen, en dat was genoeg.",
        "transfer": "Ik vraag een week van tevoren aan iedereen wat er wel en niet mag hangen.",
    },
    {
        "situation": "Een gast stelde bij een tafel een veel te persoonlijke vraag.",
        "task": "De maker beschermen zonder de gast te kwetsen.",
        "action": "Ik zei dat het werk zelf al veel vertelt, en vroeg wat de gast erin zag.",
        "result": "Het gesprek ging weer over het beeld. De maker knikte naar me.",
        "reflection": "Ik schrok, en dat was te zien. Toch hielp het dat ik naar het werk terugging.",
        "transfer": "Dit oefen ik voortaan eerst met de groep: wat zeg je als een vraag te ver gaat?",
    },
    {
        "situation": "Bij het voorlezen kwamen er tranen. Het werd heel stil in de zaal.",
        "task": "Ruimte geven, en ook verder gaan als het kon.",
        "action": "Ik bleef staan, wachtte, en vroeg zachtjes of ze verder wilde.",
        "result": "Ze las het zelf af. Het applaus duurde lang.",
        "reflection": "Wachten is ook begeleiden. Mijn eerste neiging was om het over te nemen.",
        "transfer": "Ik spreek met iedere lezer een teken af: doorgaan, pauze of overnemen.",
    },
)

CAPTIONS: Final[dict[str, tuple[str, ...]]] = {
    "werk-hand.webp": ("Een hand, met de kleuren van thuis.", "De hand ligt nog te drogen op tafel."),
    "werk-huis.webp": ("Het huis van karton, met de eerste ramen.", "Eén huis uit de straat. Elk raam is van iemand."),
    "werk-portret.webp": ("Een portret van geknipt papier.", "Het portret, vlak voor het rondje."),
    "werk-boom.webp": ("De boom met wat belangrijk is.", "De boom is af. Elk blad is een herinnering."),
    "les-eindpresentatie.webp": ("De muur op de dag zelf. De mensen zijn getekend.",),
}
"""What stands under a picture of the course, when it is somebody's photo of the work."""

CRITERIA: Final[dict[str, tuple[str, str]]] = {
    "EP1": (
        "Elke bijeenkomst laat een stukje achter dat terugkomt in het eindwerk.",
        "Het eindwerk staat in het plan, maar in week vijf tot zeven zie ik de lijn nog niet.",
    ),
    "EP2": (
        "De deelnemers kozen zelf wat er hing. Je vroeg het nog een keer na, en dat was mooi.",
        "Bij twee werken koos jij de volgorde. Vraag het ook als je haast hebt.",
    ),
    "PR1": (
        "Er was geoefend, op de plek zelf. De spanning mocht er zijn.",
        "Er was één keer geoefend. Wie niet wilde spreken, wist nog niet wat dan wel.",
    ),
    "PR2": (
        "Jij stond opzij. Je noemde precies wat iemand goed deed.",
        "Je waardering was warm en vrij algemeen. Noem wat je zag.",
    ),
    "BW1": (
        "Korte uitleg, drie voorbeelden die niet op elkaar leken, en iedereen kon beginnen.",
        "De uitleg duurde lang. Pas na vragen wist de linkertafel wat de bedoeling was.",
    ),
    "BW2": (
        "‘Wat zie je hier?’ en dan wachten. De betekenis bleef bij de maker.",
        "Je vraag had het antwoord soms al in zich.",
    ),
    "VE1": (
        "De afspraken hingen er en je kwam erop terug toen het nodig was.",
        "De afspraken hingen er, maar toen er door elkaar gepraat werd, bleef het zo.",
    ),
    "VE2": (
        "Je merkte de spanning op tijd, gaf ruimte en regelde daarna een belletje.",
        "Je zag dat iemand stil werd, en reageerde pas in de pauze.",
    ),
    "SC1": (
        "Je koos luisteren als oefening, deed het voor en gaf terug wat je zag.",
        "De oefening in tweetallen stond los van de rest van de middag.",
    ),
    "SC2": (
        "Tweetallen en kring wisselden elkaar af. Iedereen kwam aan bod.",
        "Twee mensen vulden veel tijd. Je zag het, en liet het lopen.",
    ),
    "PH1": (
        "Open, op ooghoogte en in hun tempo.",
        "Vriendelijk, en je nam het potlood twee keer over.",
    ),
    "PH2": (
        "Je week bewust af van het handboek en kon uitleggen waarom.",
        "Je volgt het handboek. Vertel ook wat jíj kiest, en waarom.",
    ),
}

STRONG: Final = (
    "Je rust in de groep. Niemand hoefde zich te haasten.",
    "Je stelde vragen die de maker aan het woord lieten.",
    "De afspraken leven echt. Deelnemers noemden ze zelf.",
    "Je had oog voor wie weinig zegt, zonder er een punt van te maken.",
    "Het materiaal nodigde uit. Er lag genoeg, en niet te veel.",
    "Je kon vertellen waarom je iets anders deed dan in het handboek staat.",
)
GROWING: Final = (
    "Durf de stilte nog iets langer te laten duren.",
    "Maak de uitleg korter en laat meer zien.",
    "Geef het tweede deel van de middag meer tijd.",
    "Benoem preciezer wat je iemand goed zag doen.",
)
AGREEMENTS: Final = (
    "De volgende keer stel je bij elk werk eerst een vraag, en wacht je tot tien.",
    "Je zet de afsluiting vooraf op de klok, een kwartier voor het einde.",
    "Je oefent de uitleg één keer hardop voor een collega.",
    "Je laat de volgende keer een deelnemer de afspraken voorlezen.",
)
BACK_TO: Final = (
    "Je bent er bijna. De afspraken waren er, maar je kwam er niet op terug toen het druk werd. Schrijf op hoe je dat "
    "de volgende bijeenkomst doet, en wat er toen gebeurde. Daarna kijk ik opnieuw."
)
TOGETHER: Final = (
    "We doen dit samen nog een keer. Er waren nog geen afspraken, en daardoor durfde niet iedereen mee te doen. Ik kom "
    "graag bij een volgende bijeenkomst. We bereiden hem van tevoren samen voor, aan jouw tafel."
)
INVITATION: Final = (
    "Wat fijn dat je meedoet! Je begint met lezen in je eigen tempo, en daarna ga je met een echte groep aan de slag. "
    "Je coach denkt met je mee. Heb je een vraag, antwoord dan gerust op deze mail."
)
ROUND_TEXT: Final = (
    "Het is weer tijd om van elkaar te leren. Kies de dag die jou het beste past. Neem iets mee waar je over twijfelt, "
    "klein mag ook. We zorgen voor soep en brood."
)
LEARNING_POINTS: Final = (
    (
        "Ik vul stiltes te snel op. In de groep merkte ik hoeveel er gebeurt als ik wacht.",
        "Bij de volgende bijeenkomst tel ik tot tien voordat ik iets zeg.",
    ),
    (
        "Een afspraak werkt pas als de groep hem zelf heeft bedacht.",
        "Ik begin mijn nieuwe groep met een leeg vel in plaats van mijn eigen lijstje.",
    ),
    (
        "Anderen worstelen ook met mensen die veel vertellen. Tweetallen geven lucht.",
        "Ik bouw in elke bijeenkomst één ronde in tweetallen in.",
    ),
    (
        "Ik hoef niet alles zelf op te lossen. Een collega bellen is ook vakwerk.",
        "Ik zet het nummer van mijn collega in mijn draaiboek, bovenaan.",
    ),
    (
        "Vragen naar wat je ziet, brengt meer dan vragen naar hoe iemand zich voelt.",
        "Ik schrijf drie van zulke vragen op een kaartje en houd het bij me.",
    ),
)
TALK: Final = (
    (
        "Twee mensen in de groep vinden hun eigen verhaal niet de moeite waard. Ik wil daar niet overheen praten. "
        "Heb jij een idee hoe ik dat volgende keer aanpak?"
    ),
    (
        "Wat goed dat je dat ziet. Vraag eens naar één foto in plaats van een verhaal: wat is er net buiten beeld? "
        "Dan hoeft niemand zichzelf bijzonder te vinden."
    ),
    (
        "Dat heb ik gedaan, en het werd meteen rumoerig. Ik schrijf het in mijn plan voor als jij komt kijken. "
        "Mag ik je dan voorstellen aan het begin, of blijf je liever aan de kant?"
    ),
    (
        "Stel me gerust voor, dan weten ze waarom ik er zit. Daarna houd ik mijn mond en kijk ik alleen. "
        "Neem je genoeg oude tijdschriften mee?"
    ),
)
QUESTION: Final = (
    (
        "Ik heb ingeleverd, maar twijfel over mijn score bij de afspraken. We maakten ze wel, alleen kwam ik er niet "
        "op terug. Kunnen we het daar even over hebben?"
    ),
)

SIGNED_WRONG: Final = "Ik tekende dit plan af met de opmerkingen bij een eerder plan. Ik wil het opnieuw doen."
NOTED: Final = {
    "stuck": "Heeft het druk met een verhuizing op het werk. Wil wel door. Over een paar weken bellen hoe het gaat.",
    "seeking": "Praat met twee buurthuizen over een groep. Vragen of er al een datum is.",
    "visit": "Vindt stilte in de groep spannend. Vlak voor het bezoek even vragen hoe de vorige keer ging.",
}
"""What a coach notes, by how far somebody is; she reads it too."""
WAYS: Final = (
    ("De ingang is aan de achterkant, langs de speeltuin. Fietsen kunnen op het plein.", "de gastvrouw, 010 555 08 20"),
    ("Tram 2, halte Plein. De zaal is op de eerste verdieping, er is een lift.", "de beheerder, 010 555 08 21"),
    ("Parkeren kan achter de kerk. Bel aan bij de blauwe deur.", "de beheerder, 076 555 08 22"),
)
"""How a coach gets to a visit, and whom to ask for there: a role and a number, as people write it themselves."""
OPEN_ANSWERS: Final = (
    (
        "Ik zou eerst even niets doen. Tellen, kijken wie er naar mij kijkt, en dan pas iets vragen. Bij ons in het "
        "buurthuis ga ik te snel door, dat merkte ik vorige week nog."
    ),
    (
        "Ik begin klein: samen kijken naar één beeld en vragen wat iemand ziet. Wie niets zegt, mag ook wijzen. Ik "
        "twijfel nog hoe ik het afrond als de tijd op is."
    ),
    (
        "Ik spreek het vooraf af met mijn collega, zodat ik niet alleen sta. En ik zeg tegen de groep wat ik ga doen, "
        "voordat ik het doe."
    ),
)
"""What somebody writes in a check where her own words are asked."""
