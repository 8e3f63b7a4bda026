"""Identifiers of countries, dates of birth, bank numbers, devices and wallets, and look-alikes that stay."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

from autopost.redaction.redactor import Redactor
from autopost.redaction.rules import seeds
from autopost.redaction.rules.countries import IDENTIFIERS
from tests.redaction.fakes import card, grouped, iban
from tests.redaction.sentences import assert_replaced, assert_unchanged
from tests.support.cases import assert_results

SENTENCE = "Got {} from the form."

# The value, as it stands with its word; the examples of authorities, or with right check digits.
AFTER_WORDS = (
    "AHV-Nr. |756.9217.0769.85", "NRIC |S1234567D", "CPR-nr. |0101901234", "hetu |131052-308T", "fødselsnummer |01010112345", "kennitala |120174-3399",
    "pnr |811228-9874", "NISS |85073003328", "CNPJ |11.222.333/0001-81", "RG |12.345.678-9", "RUT |12.345.678-5", "CUIT |20-12345678-6",
    "cédula |1.023.456.789", "RFC |GODE561231GR8", "주민등록번호 |900101-1234567", "身份证号码：|11010519491231002X", "マイナンバーは|123456789012",
    "HKID |A123456(3)", "MyKad |900101-14-1234", "NIK |3201234567890123", "CNIC |35202-1234567-1", "TCKN |10000000146", "BVN |22123456789",
    "KRA PIN |A123456789B", "СНИЛС |112-233-445 95", "ИНН |500100732259", "ΑΦΜ |123456789", "AMKA |01018012345", "TAJ |123 456 788",
    "CNP |1800101221144", "JMBG |0101990123456", "rodné číslo |850101/1234", "Personalausweis |L01X00T471", "Steuernummer |12/345/67890",
    "Sozialversicherungsnummer |65 170839 J 003", "GSTIN |27AAPFU0939F1ZV", "UTR |12345 67890", "PAN |ABCPE1234F", "cpf: |12345678909",
    "DNI |12.345.678-Z", "NIE |X1234567L", "codice fiscale |RSSMRA85T10A562S", "NIR |1 85 05 78 006 084 36", "EIN |12-3456789", "SIN |046 454 286",
    "aadhaar_number=|234567890123", "nationalId: |12345678", "BSN |123456782", "PESEL |44051401359", "PPSN |1234567T", "Medicare |1EG4-TE5-MK73",
    "TFN |123 456 782", "The applicant's CPF number is |123.456.789-09", "Emirates ID |784-1990-1234567-1",
)  # fmt: skip

BARE = (
    "756.9217.0769.85", "S1234567D", "811228-9874", "11.222.333/0001-81", "123.456.789-09", "12.345.678-5", "11010519491231002X", "12345678Z", "X1234567L",
    "RSSMRA85T10A562S", "27AAPFU0939F1ZV", "ABCPE1234F", "1EG4-TE5-MK73", "112-233-445 95", "131052-308T",
)  # fmt: skip

# What stays in front, the value, its type.
OTHERS = (
    ("routing |021000021", "BANK_ACCOUNT"), ("account |9747852500", "BANK_ACCOUNT"), ("account 2 of 3: |1029384756", "BANK_ACCOUNT"),
    ("a/c |3513123456", "BANK_ACCOUNT"), ("Kontonummer |1234567890", "BANK_ACCOUNT"), ("BLZ |37040044", "BANK_ACCOUNT"),
    ("CLABE |032180000118359719", "BANK_ACCOUNT"), ("upi id |anna.berg@okaxis", "UPI_ID"), ("IMEI |356938035643809", "DEVICE_ID"),
    ("IMEI: |35-693803-564380-9", "DEVICE_ID"), ("VIN |1HGCM82633A004352", "VEHICLE_ID"), ("saw |1M8GDM9AXKP042788", "VEHICLE_ID"),
    ("IMSI |310150123456789", "DEVICE_ID"), ("serial number |C02XG0FDJG5J", "DEVICE_ID"), ("serial: |SN-48219-X", "DEVICE_ID"),
    ("IDFA |EA7583CD-A667-48BC-B806-42ECB2B48606", "DEVICE_ID"), ("license plate |B-MW 1234", "VEHICLE_ID"), ("number plate |AB12 CDE", "VEHICLE_ID"),
    ("visa number |A12345678", "NATIONAL_ID"), ("residence permit |RR1234567", "NATIONAL_ID"), ("student id |48219302", "MEMBER_ID"),
    ("employee number |E-48213", "MEMBER_ID"), ("passport_number=|C01X00T47", "PASSPORT"), ("passportNumber: |C01X00T47", "PASSPORT"),
    ("wallet |rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH", "CRYPTO"), ("wallet |TJRyWwFs9wTFGZg3JbrVriFbNfCug5tDeC", "CRYPTO"),
    ("wallet |DH5yaieqoZN36fDVciNyRueRGvGLR3mr7L", "CRYPTO"), ("solana wallet |7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV", "CRYPTO"),
)  # fmt: skip

BIRTHS = (
    "dateOfBirth: |1985-05-10", "birth_date=|1985-05-10", "geboren am |10. Mai 1985", "nacida el |10 de mayo de 1985", "DOB |10MAY1985", "née le |10/05/1985",
    "дата рождения |10.05.1985", "生年月日 |1985年5月10日", "user.dateOfBirth=|1985-05-10", "Geburtstag: |10.05.85", "urodzona |10 maja 1985",
    "date_of_birth='|05/10/1985", "생년월일: |1985-05-10", "nato il |10 maggio 1985", "fecha de nacimiento: |10 de mayo de 1985", "born |5 May 1985",
)  # fmt: skip


def assert_found(redactor: Redactor, forms: list[tuple[str, str]]) -> None:
    """Check that of each form what is behind the bar becomes its type."""
    pairs = [
        (SENTENCE.format(form.replace("|", "")), SENTENCE.format(form.split("|")[0] + f"<{entity}>"))
        for form, entity in forms
    ]
    assert_results(lambda text: redactor.redact(text).text, pairs)


def test_identifiers_of_more_than_forty_countries_have_rules() -> None:
    """Each kind once."""
    assert len({identifier.country for identifier in IDENTIFIERS}) >= 40
    names = [(identifier.country, identifier.name) for identifier in IDENTIFIERS]
    assert len(names) == len(set(names))


def test_identifier_is_found_after_its_word(redactor: Redactor) -> None:
    """In the script of its country."""
    assert_found(redactor, [(form, "NATIONAL_ID") for form in AFTER_WORDS])


def test_identifier_with_a_check_digit_is_found_without_a_word(redactor: Redactor) -> None:
    """Where plain numbers do not have its form."""
    assert_replaced(redactor, BARE, "NATIONAL_ID", ["Found {} in the form", "value: {}"])


def test_bank_numbers_devices_vehicles_and_wallets_are_found(redactor: Redactor) -> None:
    """After their word, or by their check digit."""
    assert_found(redactor, list(OTHERS))


def test_private_keys_of_wallets_are_found(redactor: Redactor) -> None:
    """The published examples of their formats, put together here."""
    keys = [
        "5HueCGU8rMjxEXxiPuD5BDku4Mk" + "FqeZyd4dZ1jvhTVqvbTLvyTJ",
        "nsec1" + "vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5",
    ]
    assert_replaced(
        redactor, [*keys, "xprv" + "9s21ZrQH143K3QTDL4LXw2F7HEK" * 4], "PRIVATE_KEY", ["Found {} in the form"]
    )


def test_date_of_birth_is_found_in_many_languages(redactor: Redactor) -> None:
    """And in keys of programs."""
    assert_found(redactor, [(form, "DATE_OF_BIRTH") for form in BIRTHS])


def test_separators_hide_no_account_and_no_card(redactor: Redactor) -> None:
    """Full stops, slashes, underscores, middle dots, commas; and a label that touches."""
    account, number = iban("DE", "512108001245126199"), card("4", 16)
    forms = [grouped(account, sign) for sign in "./_-"] + [grouped(account, "\n")]
    assert_replaced(redactor, forms, "IBAN_CODE", ["paid {} now"])
    assert redactor.redact(f"IBAN{account} used").text in {"IBAN<IBAN_CODE> used", "<IBAN_CODE> used"}
    assert_replaced(
        redactor, [grouped(number, sign) for sign in ("_", "·", ", ", ".", "/")], "CREDIT_CARD", ["paid {} now"]
    )


def test_machine_readable_zone_is_found(redactor: Redactor) -> None:
    """The example of ICAO's document 9303, on one line."""
    zone = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<< " + "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
    assert redactor.redact(f"Scanned {zone}").text == "Scanned <PASSPORT>"


def test_words_of_other_languages_and_counts_stay(redactor: Redactor) -> None:
    """`ein`, `nie`, `dni` and `pan` are labels only in capitals; a document's word makes no number of a count or a date."""
    texts = [
        "Es gab ein Problem mit 12345 Zeilen.", "Die nie 123456 erreicht wurden", "Za dni 1234567 rekordow", "pan 12345678 recipes",
        "Bank account import took 1204821 ms", "Patient ID column has 1048219 values", "passport check 20261129 ok", "health insurance report 2026-11-29",
        "In 12345678 Zeilen ein Fehler", "sin 123 456 789 errors", "build 20261129-1234", "SKU 12.345.678-9", "range 2048-4096", "epoch 1796003218123",
        "The project was born on 12 March 2019.", "Born-again builds: 0 since 2026-10-05.", "account has 1234567 rows",
        "Routing table has 12345678 entries", "Konto wurde am 2026-11-29 geschlossen", "Serial number field is empty", "VIN decoder returns 17 characters",
        "device id column has 12 values", "account 4 of 5 done", "mint 1.2.3 installed", "sizes 120 45 1024 2048", "rows 256, 512, 1024, 2048",
        "card 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12", "The RUC check ran 12345678901 times", "rg 12345678 searched", "FIN report was closed",
    ]  # fmt: skip
    assert_unchanged(redactor, texts)


def test_vat_number_is_found_by_its_check_digit(redactor: Redactor) -> None:
    """Without a word, one last digit of ten."""
    bases = ["DE12345678", "ATU1234567", "DK1234567", "FI2077474", "IT0123456789", "PT50123456", "CHE-100.155.21"]
    texts = {base: [f"Paid {base}{digit} today." for digit in range(10)] for base in bases}
    found = {
        base: sum(redactor.redact(text).text == "Paid <NATIONAL_ID> today." for text in texts[base]) for base in bases
    }
    assert found == dict.fromkeys(bases, 1)


def test_seed_phrase_is_found_without_a_word(redactor: Redactor) -> None:
    """Twelve words of the list, one of them mistyped, also numbered; not eleven, and not one word twelve times."""
    words = sorted(seeds._words())[::150][:12]
    phrase = " ".join(words)
    assert len(seeds._words()) == 2048
    mistyped = " ".join([*words[:5], "qwertz", *words[6:]])
    numbered = " ".join(f"{number}. {word}" for number, word in enumerate(words, 1))
    assert_replaced(redactor, [phrase, mistyped, numbered], "PASSWORD", ["Kept {}!"])
    assert_unchanged(redactor, [f"Kept {' '.join(words[:11])}!", "Kept " + "word " * 12])
