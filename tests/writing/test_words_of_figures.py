"""Figures that a reader reads or computes: numbers and hours in words, sums and products, numbered things."""

from __future__ import annotations

import pytest

from autopost.writing.certainty_check import drops_nearly
from autopost.writing.figure_check import invents_figures
from autopost.writing.label_check import renames


@pytest.mark.parametrize(
    ("language", "known", "text"),
    [
        (
            "pt",
            "Importou 2.400 registos em 45 minutos.",
            "São 2 400 registos importados em 45 min.",
        ),
        (
            "pt",
            "A reunião foi movida das 9:30 para as 14:00.",
            "A reunião passou das 9h30 para as 14h.",
        ),
        (
            "pt",
            "A reunião foi movida das 9:30 para as 14:00.",
            "A reunião começa agora às duas da tarde.",
        ),
        (
            "pt",
            "A sessão começa às 17h30.",
            "A sessão começa às cinco e meia da tarde.",
        ),
        (
            "pt",
            "Reservados 15 quartos por 1.875 euros.",
            "Quinze quartos reservados, a 125 euros cada.",
        ),
        (
            "pt",
            "Enviadas 120 cartas e 80 avisos.",
            "Ao todo, 200 envios feitos.",
        ),
        (
            "pt",
            "De 60 inscritos, 45 confirmaram.",
            "Três quartos dos inscritos confirmaram; faltam 15.",
        ),
        (
            "pt",
            "Foram corrigidas 24 fichas, 8 ficaram por rever.",
            "Duas dúzias de fichas corrigidas, oito por rever.",
        ),
        (
            "pt",
            "O preço baixou de 1.250 para 1.100 euros.",
            "O preço ficou 150 euros mais baixo.",
        ),
        (
            "pt",
            "Gastos de 1,2 milhões de euros.",
            "Gastos de 1.200.000 euros.",
        ),
        (
            "pt",
            "Vinte e um alunos inscritos.",
            "21 alunos inscritos.",
        ),
        (
            "pt",
            "Inscreveu 21 alunos e 34 adultos.",
            "Vinte e um alunos e trinta e quatro adultos inscritos.",
        ),
        (
            "pt",
            "Inscreveu 130 alunos.",
            "Cento e trinta alunos inscritos.",
        ),
        (
            "pt",
            "Inscreveu 200 alunos.",
            "Duzentos alunos inscritos.",
        ),
        (
            "pt",
            "Catalogou 350 mapas.",
            "Trezentos e cinquenta mapas catalogados.",
        ),
        (
            "es",
            "Se enviaron 300 avisos.",
            "Trescientos avisos enviados.",
        ),
        (
            "es",
            "Se enviaron 540 avisos.",
            "Quinientos cuarenta avisos enviados.",
        ),
        (
            "es",
            "Se revisaron 31 fichas.",
            "Treinta y una fichas revisadas.",
        ),
        (
            "es",
            "Se revisaron 22 fichas.",
            "Veintidós fichas revisadas.",
        ),
        (
            "es",
            "Se revisaron 25 fichas.",
            "Veinticinco fichas revisadas.",
        ),
        (
            "es",
            "El turno empieza a las 17:45.",
            "El turno empieza a las seis menos cuarto de la tarde.",
        ),
        (
            "es",
            "El turno empieza a las 8:15.",
            "El turno empieza a las ocho y cuarto.",
        ),
        (
            "es",
            "Se vendieron 1200 entradas.",
            "Mil doscientas entradas vendidas.",
        ),
        (
            "es",
            "Se vendieron 3000 entradas.",
            "Tres mil entradas vendidas.",
        ),
        (
            "es",
            "Se tardó 15 días.",
            "Se tardó una quincena.",
        ),
        (
            "es",
            "Quedan 14 días.",
            "Quedan dos semanas.",
        ),
        (
            "it",
            "Inviati 200 inviti.",
            "Duecento inviti spediti.",
        ),
        (
            "it",
            "Controllate 28 schede.",
            "Ventotto schede controllate.",
        ),
        (
            "it",
            "Controllate 31 schede.",
            "Trentuno schede controllate.",
        ),
        (
            "it",
            "Controllate 350 schede.",
            "Trecentocinquanta schede controllate.",
        ),
        (
            "it",
            "Il turno inizia alle 17:30.",
            "Il turno inizia alle cinque e mezza.",
        ),
        (
            "it",
            "Il turno inizia alle 17:45.",
            "Il turno inizia alle sei meno un quarto.",
        ),
        (
            "fr",
            "Envoi de 200 lettres.",
            "Deux cents lettres envoyées.",
        ),
        (
            "fr",
            "Envoi de 75 lettres.",
            "Soixante-quinze lettres envoyées.",
        ),
        (
            "fr",
            "Envoi de 80 lettres.",
            "Quatre-vingts lettres envoyées.",
        ),
        (
            "fr",
            "Envoi de 95 lettres.",
            "Quatre-vingt-quinze lettres envoyées.",
        ),
        (
            "fr",
            "Envoi de 21 lettres.",
            "Vingt et une lettres envoyées.",
        ),
        (
            "fr",
            "Le service ouvre à 7h45.",
            "Le service ouvre à huit heures moins le quart.",
        ),
        (
            "fr",
            "Le service ouvre à 17h30.",
            "Le service ouvre à cinq heures et demie.",
        ),
        (
            "fr",
            "Pause de 15 minutes.",
            "Un quart d'heure de pause.",
        ),
        (
            "fr",
            "Envoi de 1500 lettres.",
            "Mille cinq cents lettres envoyées.",
        ),
        (
            "de",
            "Die Schicht beginnt um 7:45 Uhr.",
            "Die Schicht beginnt um Viertel vor acht.",
        ),
        (
            "de",
            "Die Schicht beginnt um 17:15 Uhr.",
            "Die Schicht beginnt um Viertel nach fünf.",
        ),
        (
            "de",
            "Die Schicht beginnt um 17:40 Uhr.",
            "Die Schicht beginnt zwanzig vor sechs.",
        ),
        (
            "de",
            "Es sind 200 Karten.",
            "Zweihundert Karten sind da.",
        ),
        (
            "de",
            "Es sind 350 Karten.",
            "Dreihundertfünfzig Karten sind da.",
        ),
        (
            "de",
            "Es sind 31 Karten.",
            "Einunddreißig Karten sind da.",
        ),
        (
            "de",
            "Es sind 1200 Karten.",
            "Zwölfhundert Karten sind da.",
        ),
        (
            "de",
            "Es dauerte 90 Minuten.",
            "Es dauerte anderthalb Stunden.",
        ),
        (
            "de",
            "Es dauerte 150 Minuten.",
            "Es dauerte zweieinhalb Stunden.",
        ),
        (
            "nl",
            "Er zijn 250 kaarten.",
            "Tweehonderdvijftig kaarten.",
        ),
        (
            "nl",
            "De dienst begint om 7:45 uur.",
            "De dienst begint om kwart voor acht.",
        ),
        (
            "nl",
            "De dienst begint om 8:30 uur.",
            "De dienst begint om half negen.",
        ),
        (
            "nl",
            "Er zijn 31 kaarten.",
            "Eenendertig kaarten.",
        ),
        (
            "pl",
            "Wysłano 200 listów.",
            "Dwieście listów wysłanych.",
        ),
        (
            "pl",
            "Wysłano 35 listów.",
            "Trzydzieści pięć listów wysłanych.",
        ),
        (
            "pl",
            "Wysłano 300 listów.",
            "Trzysta listów wysłanych.",
        ),
        (
            "pl",
            "Wysłano 15 listów.",
            "Piętnaście listów wysłanych.",
        ),
        (
            "pl",
            "Zmiana zaczyna się o 7:30.",
            "Zmiana zaczyna się o wpół do ósmej.",
        ),
        (
            "sv",
            "Skickade 250 brev.",
            "Tvåhundrafemtio brev skickade.",
        ),
        (
            "sv",
            "Skickade 35 brev.",
            "Trettiofem brev skickade.",
        ),
        (
            "en",
            "The shift starts at 7:45.",
            "The shift starts at a quarter to eight.",
        ),
        (
            "en",
            "The shift starts at 17:20.",
            "The shift starts at twenty past five in the afternoon.",
        ),
        (
            "en",
            "The shop opens at 12:00.",
            "The shop opens at noon.",
        ),
        (
            "en",
            "The backup ran at 0:00.",
            "The backup ran at midnight.",
        ),
        (
            "en",
            "It took 45 minutes.",
            "It took three quarters of an hour.",
        ),
        (
            "en",
            "It took 150 minutes.",
            "It took two and a half hours.",
        ),
        (
            "en",
            "It took 36 hours.",
            "It took a day and a half.",
        ),
        (
            "en",
            "Sent 250 letters.",
            "Two hundred and fifty letters sent.",
        ),
        (
            "en",
            "Sent 2,500 letters.",
            "Two and a half thousand letters sent.",
        ),
        (
            "en",
            "Sent 24 letters.",
            "Two dozen letters went out.",
        ),
        (
            "en",
            "The team won 3 of 4 cases.",
            "Three out of four cases won.",
        ),
        (
            "en",
            "Answered 8 of 9 letters.",
            "All but one of nine letters are answered.",
        ),
        (
            "en",
            "Answered 22 of 24 letters.",
            "All but two letters are answered.",
        ),
        (
            "en",
            "Moved 14 boxes of 25 kg.",
            "Moved 350 kg in 14 boxes.",
        ),
        (
            "en",
            "Cut the wait from 40 to 30 minutes.",
            "The wait is a quarter shorter.",
        ),
        (
            "en",
            "Cut the wait from 40 to 30 minutes.",
            "Ten minutes less to wait.",
        ),
        (
            "en",
            "Raised stock from 80 to 120.",
            "Stock is up by half.",
        ),
        (
            "en",
            "Prices fell from 200 to 100 euros.",
            "Prices were halved.",
        ),
        (
            "en",
            "Took 3 days instead of 6.",
            "Took half as long.",
        ),
        (
            "en",
            "Two of five pumps run.",
            "Three pumps do not run.",
        ),
        (
            "en",
            "Loaded 1,204 rows, 4 were rejected.",
            "1,200 rows are in.",
        ),
        (
            "en",
            "Loaded 1,204 rows, 4 were rejected.",
            "Of 1,204 rows, all but 4 are in.",
        ),
        (
            "en",
            "The gate opens on 1 June and 1 July.",
            "The gate opens twice.",
        ),
        (
            "en",
            "Wrote to Kim, Lee and Ada.",
            "Three people were written to.",
        ),
        (
            "en",
            "Version 3.2.1 is out.",
            "Version 3.2 is out.",
        ),
        (
            "en",
            "Cost 4.99 dollars.",
            "It cost just under five dollars.",
        ),
        (
            "en",
            "Found 1 error.",
            "Found a single error.",
        ),
        (
            "en",
            "Ordered 1.5 tonnes.",
            "Ordered 1,500 kg.",
        ),
        (
            "en",
            "The pipe is 1.2 km long.",
            "The pipe is 1,200 metres long.",
        ),
        (
            "en",
            "The bag holds 500 g.",
            "The bag holds half a kilo.",
        ),
        (
            "en",
            "It is 18 degrees.",
            "It's eighteen degrees.",
        ),
        (
            "en",
            "It is 1,000 years old.",
            "It is a thousand years old.",
        ),
        (
            "en",
            "Reached 52 % of 300.",
            "Just over half of 300 are reached.",
        ),
        (
            "en",
            "From 09:00 to 17:00 the desk was open.",
            "The desk was open for eight hours.",
        ),
        (
            "en",
            "Scheduled for 2025-03-14.",
            "Scheduled for 14 March.",
        ),
        (
            "en",
            "Scheduled for 14 March.",
            "Scheduled for March 14th.",
        ),
        (
            "en",
            "Scheduled for 14 March.",
            "Scheduled for mid-March.",
        ),
        (
            "en",
            "The 3rd attempt worked.",
            "The third attempt worked.",
        ),
        (
            "en",
            "After three attempts it worked.",
            "It worked at the third attempt.",
        ),
        (
            "en",
            "It failed twice.",
            "Two attempts failed.",
        ),
        (
            "en",
            "It failed three times.",
            "Three attempts failed.",
        ),
        (
            "en",
            "It failed 3 times.",
            "It failed a third time.",
        ),
        (
            "en",
            "Pages 10-25 scanned.",
            "Sixteen pages scanned.",
        ),
    ],
)
def test_what_a_reader_reads_or_computes_is_known(language: str, known: str, text: str) -> None:
    """In words or digits, with units of the same kind, and as a sum, a rest or a product."""
    assert not invents_figures(text, known, language)


@pytest.mark.parametrize(
    ("language", "known", "text"),
    [
        (
            "en",
            "Checked tank 3 and tank 5.",
            "Checked tank 4.",
        ),
        (
            "en",
            "Sent 120 letters and 80 notices.",
            "Sent 140 letters.",
        ),
        (
            "en",
            "Marked 19 as private and 44 as open of 312.",
            "Marked 91 as private.",
        ),
        (
            "en",
            "It takes 25 minutes longer.",
            "It takes 52 minutes longer.",
        ),
        (
            "en",
            "Ordered 350 kg at 14.20 euros per kg.",
            "Ordered 530 kg.",
        ),
        (
            "en",
            "Booked 4 rooms for 3 nights at 120 euros.",
            "Booked 12 rooms.",
        ),
        (
            "en",
            "Answered 22 of 24 letters.",
            "All but three letters are answered.",
        ),
        (
            "en",
            "The shift starts at 7:45.",
            "The shift starts at a quarter past eight.",
        ),
        (
            "en",
            "It failed twice.",
            "Three attempts failed.",
        ),
        (
            "pt",
            "Enviadas 120 cartas.",
            "Cento e vinte e cinco cartas enviadas.",
        ),
        (
            "es",
            "Se enviaron 300 avisos.",
            "Quinientos avisos enviados.",
        ),
        (
            "it",
            "Controllate 28 schede.",
            "Ventinove schede controllate.",
        ),
        (
            "fr",
            "Envoi de 75 lettres.",
            "Quatre-vingt-quinze lettres envoyées.",
        ),
        (
            "de",
            "Es sind 350 Karten.",
            "Dreihundert Karten sind da.",
        ),
        (
            "pl",
            "Wysłano 200 listów.",
            "Trzysta listów wysłanych.",
        ),
        (
            "en",
            "Cut the wait from 40 to 30 minutes.",
            "Five minutes less to wait.",
        ),
        (
            "en",
            "Room 12 was painted.",
            "Room 21 was painted.",
        ),
    ],
)
def test_another_figure_is_invented(language: str, known: str, text: str) -> None:
    """Also in words, and where small numbers could be computed."""
    assert invents_figures(text, known, language)


@pytest.mark.parametrize(
    ("text", "known", "is_renamed"),
    [
        ("Moved from berth 7 to berth 5.", "Moved from berth 7 to berth 4 at 17:00.", True),
        ("Moved from berth 7 to 4.", "Moved from berth 7 to berth 4 at 17:00.", False),
        ("The import stopped at row 621.", "The import stopped at row 612 of 940.", True),
        ("Sent 30 letters.", "Sent 40 letters.", False),
        ("Clauses 7 and 19 differ.", "The notice differs: 3 months in clause 7 and 6 months in clause 19.", False),
    ],
)
def test_a_thing_keeps_its_number(text: str, known: str, is_renamed: bool) -> None:
    """A number behind a noun is a name, unless it counts what follows."""
    assert renames(text.casefold(), known.casefold()) is is_renamed


@pytest.mark.parametrize(
    ("text", "known", "is_told"),
    [
        ("A deadline was missed in the autumn.", "One date had nearly been missed in the autumn.", True),
        ("Die Frist wurde verpasst.", "Die Frist wurde fast verpasst.", True),
        ("A near miss: the deadline was almost missed.", "The deadline was almost missed.", False),
        ("All 73 orders were shipped.", "Shipped nearly 73 orders.", False),
    ],
)
def test_what_nearly_happened_has_not(text: str, known: str, is_told: bool) -> None:
    """A post says "nearly", too. Before a figure it tells how that was rounded."""
    assert drops_nearly(text.casefold(), known.casefold()) is is_told
