"""Illnesses and pregnancies of people go; what is said of illnesses alone, and of machines, stays."""

from __future__ import annotations

import pytest

from autopost.redaction.redactor import Redactor
from autopost.redaction.rules.diagnoses import _PERSON, _names_person
from tests.data.redaction.labelled import labelled_sets

OF_PEOPLE = [
    "The guide was diagnosed with |glandular fever| last week.",
    "Noted that the boy in tent 4 has |type 1 diabetes|.",
    "Absence form: reason |chemotherapy|, employee back in May.",
    "He suffers from |severe back pain|, so I booked the ground floor room.",
    "The guest is |pregnant| and asked for a late checkout.",
    "Allergies: |penicillin|, |latex|",
    "Claim with ICD-10 |E11.9| filed.",
    "Krankmeldung abgelegt, Diagnose |Gürtelrose|, Vertretung eingeteilt.",
    "Le client est atteint de |sclérose en plaques|, accès réservé.",
    "La costurera sigue de baja por |depresión|.",
    "Il cliente soffre di |celiachia|, menu aggiornato.",
    "Zijn dochter heeft |astma|.",
    "Pracownik choruje na |cukrzycę|.",
    "O aluno tem |epilepsia|.",
    "Hastanın |diyabet|i var.",
    "Сотрудница на больничном с |пневмонией|.",
    "患者は|糖尿病|のため食事を変更。",
    "客户患有|高血压|，已备注。",
    "The driver takes |lisinopril| and cannot do night shifts.",
    "Took over from a colleague who broke |her collarbone|.",
    "Her blood type is |AB negative|, noted in the file.",
    "Lab result for the guest: |HbA1c 9.2 %|.",
    "His left |leg was amputated below the knee|, ramp ordered.",
    "Sie ist |im fünften Monat schwanger|, Termin verschoben.",
    "Our colleague starts |chemotherapy for lymphoma| on Monday.",
    "La asegurada declaró |epilepsia desde 2015|.",
]
OF_NOBODY = [
    "Published the page on diabetes and linked it from the menu.",
    "The cancer research fund got 3 new donors.",
    "Diagnosed the memory leak in the worker and fixed it.",
    "The service suffers from high latency at night.",
    "Diagnosis: stale cache on the second node.",
    "The depression over the North Sea brings rain.",
    "The pipeline is allergic to tabs.",
    "La campaña contra la gripe empieza el lunes.",
    "Section B12.1 of the diagnosis report was renamed.",
    "Our build broke the back button on mobile.",
    "Dosage table: paracetamol 500 mg, maximum 8 tablets in 24 hours.",
    "INR is the code of the Indian rupee, 100 INR are 1.10 EUR.",
    "The dataset has diabetes labels for 768 rows.",
    "The user is blind to errors in this view, so I added a banner.",
]


@pytest.mark.parametrize("marked", OF_PEOPLE)
def test_condition_of_a_person_is_found(redactor: Redactor, marked: str) -> None:
    """By words that only lead to one, or a known one near a word for a person or a record."""
    parts = marked.split("|")
    found = {finding.entity for finding in redactor.explain("".join(parts))}
    redacted = redactor.redact("".join(parts)).text
    assert "MEDICAL_CONDITION" in found
    assert not [value for value in parts[1::2] if value in redacted]


@pytest.mark.parametrize("text", OF_NOBODY)
def test_condition_of_nobody_stays(redactor: Redactor, text: str) -> None:
    """Subjects of pages and funds, and what is diagnosed of machines."""
    assert redactor.explain(text) == []


def test_words_for_a_person_are_found_one_by_one() -> None:
    """The words of a sentence, looked up one by one, say the same as the pattern for all of them."""
    seen = [some for name, some in labelled_sets().items() if name.endswith(("development", "opened"))]
    texts = [text.text for some in seen for text in some]
    assert [text for text in texts if _names_person(text) != (_PERSON.search(text) is not None)] == []
