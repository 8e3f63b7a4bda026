"""Identifiers that a sentence states in another way than a form does, and look-alikes that stay."""

from __future__ import annotations

import pytest

from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_unchanged

# What must go is between bars.
STATED = (
    "Typed |2345 6789 0124| into the notes field (Aadhaar), blanked it.",
    "The coach's licence |MORGA 657054 SM9IJ 12| has no points.",
    "KYC: document type P, number |YB4820331|, MRZ read twice.",
    "Nevada DL |D4820331| for the kart driver was uploaded.",
    "Seriennummer des Hörgeräts der Kundin aus Lindau: |HX-20931-QT|, getauscht.",
    "Visitor parking: registered |LR19 XKD| for the grandmother.",
    "The wristband reads |H-4820331|, the nurse checked it.",
    "|48-20-33-187|.dyn.turnverein.example watched the stream twice.",
    "Join via https://go.turnverein.example/enroll/|7xJjQIQIN" + "QNN8OM4|?src=sms today.",
    "Exporter DSN was https://|78c11e25051272" + "57a47fe4883f1b654e|:@obs.example/7 and is back.",
    "signer pk=0x|610983e9952ac6e281f466751ecea797" + "b9e72d3155c47568be75a5118ba875a2| was printed.",
    "psql> \\set hookkey '|hfmoiyzjaba6c7ee" + "r7kqcmozwmykub|' and the trigger ran.",
    "Listed as |hanna(at)kletterhalle(punkt)example| in the rota.",
    "|zoé·brand@boite.example| had a middle dot.",
    "Wohnung |Obere Gartengasse 9, 2. OG links, 97070 Würzburg| verlegt.",
    "Casa: |C/ Olleros 31, 2.º izda., 50003 Zaragoza|, avisado.",
    "Brief an |Postfach 12 04 52, 60039 Frankfurt am Main| gesendet.",
    'ship_to: "|9 Larkspur Close|" / "|Hebden Bridge HX7 6ZZ|"',
    "She dictated it slowly: |oh four one two, double five six, nine oh three|. Saved.",
    "The clock terminal shows |8480-6777|, enter that on the TV to pair it.",
    "2FA prompt was answered with |WC6RAB" + "C8| (valid ten minutes).",
    "The smart card asks for its digits; I entered |338756| and the deed was sealed.",
    "Tablet 07 locks after five minutes, unlocking needs |9047|, same for the spare.",
    "The caller gave |931| as security number and the charge went through.",
    "Her card lapses |04-2028|, the reminder is set.",
    "card_exp=|8-2030| went to the gateway.",
    "Age check failed because the buyer typed |05-31-2001| in US order.",
    "She turns eighteen on |9 October 2027|, her mother signs until then.",
    "La entrenadora, |58 años (1967)|, pide jornada reducida.",
    "The founder's mother (|1979, now 46|) gets the large font.",
    "Steuer-IdNr der Mieterin lautet |65 929 970 489|, angenommen.",
    "CNP-ul clientului este |1800101221144|.",
    "ИНН арендатора |500100732259| проверен.",
    "MRN |00482033| of the goalkeeper was merged.",
    "Patient (|03/11/1984|, F) moved to bay 2.",
    "Madame Roux, née |3.11.1984|, est venue. Fecha nac |03-11-1984| verificada. DOB=|03111984| ok.",
    "The learner permit |P4820331| and the visa sticker number |82033187| were typed in.",
    "Sozialvers.-Nr. |12 150780 M 014| liegt bei. Sécu : |2 84 11 75 116 004 22|.",
    "BSB |062-000| Acc |12345678| of the caretaker.",
    "He keyed |482033| into the reader and the transfer went out.",
)

STAY = (
    "Steps 1, 2, 3, 4, 5, 6, 7, 8 and 9 are done.",
    "Unlocked 4821 accounts after the outage, signed in with 12 users.",
    "Host ip-10-0-3-12.ec2.internal was replaced.",
    "Pairing took 1204 seconds in build 20418.",
    "The card layout lapses into two columns on 04-2028 builds of the theme",
    "The company turns 20 on 9 October 2027.",
    "Upgraded model AB1 2CD of the pump.",
    "Read pages 1204 is the last, 1300 for the index.",
    "Cards are sorted by 8/2030 priority.",
    "The greeting card design runs until 08/29 in stores.",
    "Age check was released on 9 October 2026, he turns on the lights on 10 October 2026.",
    "Upgraded 1-2-3-4.dev to 20-11-29-1.beta.",
    "set token_limit 'four thousand' in the config",
    "Ordner 14, 1053 Dateien gelöscht. Area 51, 2048 Views today.",
    "200 was the code on the back end.",
    "The document export has 20481024 words, booking 482133459 was cancelled.",
)


@pytest.mark.parametrize("marked", STATED)
def test_stated_identifier_is_found(redactor: Redactor, marked: str) -> None:
    """Nothing of it is left."""
    parts = marked.split("|")
    found = [(f.start, f.end) for f in redactor.explain("".join(parts))]
    place = 0
    for number, part in enumerate(parts):
        if number % 2:
            places = [at for at in range(place, place + len(part)) if "".join(parts)[at].isalnum()]
            assert all(any(start <= at < end for start, end in found) for at in places), part
        place += len(part)


def test_look_alikes_stay(redactor: Redactor) -> None:
    """Counts, machines of private networks, releases, companies."""
    assert_unchanged(redactor, STAY)
