"""Street addresses of several countries, with what follows; counts and words of work stay."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_replaced, assert_unchanged

ADDRESSES = (
    "742 Evergreen Terrace, Springfield, IL 62704", "1600 Pennsylvania Avenue NW, Washington, DC 20500",
    "350 Fifth Avenue, Suite 3300, New York, NY 10118", "4821 N. Oak Street Apt 4B", "12 Park Drive, Apt 4, Austin, TX 78701",
    "221B Baker Street, London NW1 6XE", "Flat 3, 14 Kingsway Road, Manchester M1 4BT", "5 Rosewood Close, Bristol BS1 5TR",
    "25 King Street West, Toronto, ON M5H 1A1", "2300 5th Avenue", "P.O. Box 4821, Portland, OR 97208", "PSC 3294, Box 1234, APO AE 09012",
    "Hauptstraße 12, 10115 Berlin", "Musterstr. 5a, 80331 München", "Lindenweg 7", "Am Alten Markt 3, 50667 Köln", "Karl-Marx-Allee 34",
    "12 rue de la Paix, 75002 Paris", "45 bis avenue des Champs-Élysées, 75008 Paris", "3, place Bellecour, 69002 Lyon",
    "Calle de Alcalá 45, 28014 Madrid", "C/ Mayor 12, 3º B, 08001 Barcelona", "Via Roma 12, 00184 Roma", "Piazza San Marco 1, 30124 Venezia (VE)",
    "Keizersgracht 123, 1015 CJ Amsterdam", "Postbus 1234, 3500 BA Utrecht", "ul. Marszałkowska 12/4, 00-590 Warszawa",
    "Storgatan 12, 111 23 Stockholm", "Rua das Flores 25, 1200-195 Lisboa", "東京都渋谷区神南1丁目19-11", "ул. Ленина, д. 12, кв. 5",
    "Karl Johans gate 14, 0154 Oslo", "Mannerheimintie 14 A 12, 00100 Helsinki",
    "Rua Augusta 1482, apto 31, São Paulo - SP, 01304-001", "Av. Reforma 482, Col. Juárez, 06600 CDMX", "14 Nguyễn Huệ, Quận 1, TP.HCM",
    "Block 482 Ang Mo Kio Ave 3 #08-12", "RR 3 Box 48, Elkins, WV 26241", "Unit 5/14 Beach Rd, Torquay VIC 3228", "Rose Cottage, Hay-on-Wye HR3 5DB",
    "Kossuth Lajos utca 14., 1053 Budapest", "İstiklal Cad. No: 14 D: 3, 34433 Beyoğlu/İstanbul", "Haus Seeblick, Uferweg 4, 83209 Prien am Chiemsee",
    "Apt 12, 48 Rue Sainte-Catherine, Montréal QC H2X 1K4", "서울특별시 강남구 테헤란로 14", "רחוב הרצל 14", "شارع التحرير 14", "οδός Ερμού 14",
    "Rue du Marché 48, 1204 Genève", "Avenue Louise 48, bte 3, 1050 Bruxelles", "Sveavägen 48, lgh 1203, 113 59 Stockholm", "Slovenska cesta 48, 1000 Ljubljana",
    "Bulevardul Unirii 48, bl. B2, ap. 14", "Jl. Melati No. 48, Bandung 40115", "48 O'Connell Street, Limerick V94 T28P", "千代田区丸の内1-4-8 丸ビル3F",
)  # fmt: skip


def test_street_address_is_replaced_whole(redactor: Redactor) -> None:
    """With unit, town and postcode."""
    sentences = ("Shipped the parcel to {} yesterday", "Customer lives at {}.", "{}", "New address: {}")
    assert_replaced(redactor, ADDRESSES, "STREET_ADDRESS", sentences)


def test_address_in_lower_case_is_found_by_its_unit_or_a_word_of_living(redactor: Redactor) -> None:
    """As people type it."""
    assert_replaced(redactor, ["12 maple grove apt 4"], "STREET_ADDRESS", ["moved to {}", "lives at {}"])


def test_street_that_other_things_are_called_is_found_in_a_sentence_about_a_place(redactor: Redactor) -> None:
    """A preposition before it, and behind it a verb, a preposition or the end."""
    values = [
        "7 Quarry Hollow Ct",
        "27 Hazelmere Drive",
        "9 Abbey Mews",
        "3305 Old Mill Circle",
        "5 Pottery Yard",
        "3 The Paddocks",
    ]
    sentences = [
        "Technician booked for {} on Monday",
        "Her parcel went to {} although she moved",
        "Viewing at {} booked for Saturday",
    ]
    assert_replaced(redactor, values, "STREET_ADDRESS", sentences)


def test_what_only_counts_stays(redactor: Redactor) -> None:
    """Numbers before words that streets have, and words before numbers."""
    texts = [
        "Renamed 3 Google Drive folders and 12 Trello Boards.",
        "Via Webhook 3 events came in. Via Slack 12 messages.",
        "Speicherplatz 40 GB ist frei. Platz 12 ist reserviert. Monitoring 3, Spring 4.",
        "Batch 12, 48213 Rows were imported.",
        "Paid 300 Dr and 200 Cr. Added 40 Test Drive bookings.",
        "In 2026 Wall Street rose. On 14 May Place an order.",
        "Room 12, floor 3 is booked; Suite 4 passes. Unit 12 Box 4 tests ok",
        "PO box feature released. Box 12 is full. Ran 12 Unit tests. Calle 13 concert.",
        "Deployed to 3 East Coast Village clusters. Step 1 Point Release",
        "Raised it to 5 Concurrent Runs; added 7 Data Points to 3 Main Views and 12 Edge Case paths.",
        "RETRY 3 TIMES AND PLACE 12 ORDERS. 404 NOT FOUND and 500 INTERNAL SERVER ERROR came.",
        "Zum Release 12 gibt es Notizen; im Januar 12 Termine, Onboarding 12 Kunden, Nürnberg 12 Grad.",
        "Launchpad 12 Projekte, Plaza 12 asistentes, Place 3 commandes, Corso 3 lezioni. BP 120/80 is a sample.",
        "The Help Center, Support Lane, got 12 articles. Unit 7 tests pass, Suite 12 is flaky, Block 3 is done.",
        "Added 5 Business Park photos. Moved to 3 Google Drive folders. Sector 9 grew, Phase 2 started.",
        "Atualizados os contactos de 530 fornecedores. Se envió al cliente 45 facturas; al equipo de 12 pl test 3.",
    ]
    assert_unchanged(redactor, texts)


def test_date_after_a_word_for_a_street_stays(redactor: Redactor) -> None:
    """A day and a month of Spanish, Portuguese and Italian, with or without a year; a street may have that name."""
    texts = [
        "El plazo va del 3 de mayo al 5 de mayo de 2026. Ronda 5 de Mayo 2026.",
        "O contrato termina a 5 de maio de 2026. Largo 5 de Maio 2026, prazo final.",
        "Il corso 5 di Maggio 2026 è pieno. Carrera 5 de Octubre 2026: 300 inscritos.",
        "Corso Python 3, aula 12.",
    ]
    assert_unchanged(redactor, texts)
    assert redactor.redact("Entregado en Calle 5 de Mayo 12").text == "Entregado en <STREET_ADDRESS>"
