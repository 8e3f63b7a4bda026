"""Full names of people, found without a model; the names of agents and the words of agents' work stay."""

# ruff: noqa: E501  # lists are easier to read in long lines

from __future__ import annotations

import pytest

from autopost.errors import ConfigurationError
from autopost.redaction.merge import Finding
from autopost.redaction.people.agents import MAX_MET, AgentNames
from autopost.redaction.people.finder import SOURCES, people
from autopost.redaction.redactor import Redactor
from tests.redaction.sentences import assert_redacted, assert_unchanged

SENTENCES = ("Assigned the ticket to {}.", "{} asked for a refund", "Contact: {}", "Report signed by {}, then closed")


def test_full_name_is_found(redactor: Redactor) -> None:
    """A given name and a surname, of many countries, with particles, initials and hyphens."""
    names = (
        "Anna Berg", "Priya Raghunathan", "Lucía Fernández Ortega", "Ludwig van der Beek", "Juan de la Cruz", "Hans-Peter Großmann",
        "Ngozi Adeyemi-Okafor", "J. R. Hartley", "Emma B. Stone", "Mohammed Al-Rashid", "Kim Min-jun", "Bjørn Ødegård", "Siobhan O'Brien",
        "Agnieszka Wójcik", "Rajesh Koothrappali", "Γιώργος Παπαδόπουλος", "Иван Петров", "Grant Morrison", "Will Thompson",
    )  # fmt: skip
    cases = [(sentence.format(name), sentence.format("<PERSON>")) for name in names for sentence in SENTENCES]
    assert_redacted(redactor, cases)


def test_name_is_found_by_its_title(redactor: Redactor) -> None:
    """A surname alone is enough behind it, in several languages."""
    cases = [
        ("Spoke with Mr. Tanaka and Ms. O'Leary", "Spoke with Mr. <PERSON> and Ms. <PERSON>"),
        ("Frau Müller und Herr Dr. Krause kommen", "Frau <PERSON> und Herr Dr. <PERSON> kommen"),
        ("Mme Lefèvre a confirmé", "Mme <PERSON> a confirmé"),
        ("El señor Pérez y la Sra. Gómez llegaron", "El señor <PERSON> y la Sra. <PERSON> llegaron"),
        ("Invited Prof. Annette von Weizsäcker", "Invited Prof. <PERSON>"),
    ]
    assert_redacted(redactor, cases)


def test_name_that_no_list_knows_is_found_by_the_words_around(redactor: Redactor) -> None:
    """Words such as `assigned to` come before people, and other names of an enumeration are names."""
    cases = [
        ("Assigned to Xevhal Qorbani today", "Assigned to <PERSON> today"),
        ("assignee=Xevhal Qorbani", "assignee=<PERSON>"),
        ("Called Aarav Patel, Zanele Dlamini and Chidi Okonkwo", "Called <PERSON>, <PERSON> and <PERSON>"),
        ("emailed sarah connor about it", "emailed <PERSON> about it"),
        ("Johnson, Emma paid", "<PERSON> paid"),
    ]
    assert_redacted(redactor, cases)


def test_words_of_work_stay(redactor: Redactor) -> None:
    """Products, buttons, titles, places, brands and months are no people."""
    texts = [
        "Updated the Victoria Metrics dashboard and the Grafana Alerts.",
        "Moved the San Jose and San Diego data to the Jordan River region.",
        "Max Retries was set to five; Max Tokens stays.",
        "Claude Sonnet and Gemini Pro wrote the first drafts.",
        "Pressed Save Draft, then Mark Complete, then Grant Access.",
        "Exported Monthly Sales Report, Customer Churn Analysis and Daily Active Users.",
        "Assigned to Platform Operations. Forwarded to Customer Success.",
        "Contact: Support Desk, Billing Team, Data Protection Officer.",
        "Die Rechnung für Januar wurde an die Buchhaltung geschickt.",
        "The Johnson Controls integration and the Morgan Stanley export are live.",
        "Compared Mercedes Benz with Alfa Romeo and Aston Martin.",
        "Name: Quarterly Planning. Owner: Data Platform. Author: Growth Squad.",
        "Customer Acme Robotics and vendor Initech Systems signed.",
        "Works under MS Windows and Docker Desktop. Dr. Pepper is low.",
        "Ran anna_berg.py and Anna.Berg(), pushed feature/Anna_Berg",
    ]
    assert_unchanged(redactor, texts)


@pytest.mark.parametrize("agent", ["Emma Stone", "Otto", "Sales Agent Anna Berg", "Dr. Watson"])
def test_names_of_agents_stay(agent: str) -> None:
    """Those of the roster, and those of agents that are met at work."""
    sentences = [f"{agent} asked for help", f"Handed over to {agent}.", f"{agent}'s report is done"]
    assert_unchanged(Redactor(agents=[agent]), sentences)
    met = Redactor()
    met.know_agent(agent)
    met.know_agent(agent)
    met.know_agent(None)
    assert_unchanged(met, sentences)
    met.set_agents(["Somebody Else"])
    assert_unchanged(met, sentences)
    assert met.redact(f"{agent} met Priya Raghunathan").text == f"{agent} met <PERSON>"


def test_person_who_shares_a_word_with_an_agent_is_found() -> None:
    """An agent called Otto does not protect Otto Wagner."""
    assert Redactor(agents=["Otto"]).redact("Refunded Otto Wagner").text == "Refunded <PERSON>"


def test_rule_that_found_a_name_is_named(redactor: Redactor) -> None:
    """The explanation says which."""
    texts = {
        "people.full_name": "By Anna Berg",
        "people.title": "For Mr. Tanaka",
        "people.cue": "Assigned to Xevhal Qorbani",
        "people.lower_case": "emailed sarah connor",
        "people.label": '{"last_name": "Qorbani"}',
    }
    found = {name: [finding.recognizer for finding in redactor.explain(text)] for name, text in texts.items()}
    assert found == {name: [name] for name in texts}


def test_rule_for_names_can_be_switched_off_by_its_id() -> None:
    """The others go on; an id that does not exist is answered with a similar one."""
    text = "Anna Berg asked; assigned to Xevhal Qorbani"
    assert Redactor(without=["people.full_name"]).redact(text).text == "Anna Berg asked; assigned to <PERSON>"
    assert Redactor(without=["people.cue"]).redact(text).text == "<PERSON> asked; assigned to Xevhal Qorbani"
    with pytest.raises(ConfigurationError, match=r"did you mean people.title\?"):
        Redactor(without=["people.titles"])


def test_name_is_found_in_lists_and_after_labels(redactor: Redactor) -> None:
    """Last names first, in capitals too; initials; lower case after words for people; honorifics of other scripts."""
    cases = [
        ("Sorted: Abernethy, Colin; Czerny, Pavel", "Sorted: <PERSON>; <PERSON>"),
        ("Signed by NOVAK, Petra", "Signed by <PERSON>"),
        ("approved by: H. Oberhuber, editor S. van Dyk", "approved by: <PERSON>, editor <PERSON>"),
        ("called james whitterby twice; waiting on sara lindqvist", "called <PERSON> twice; waiting on <PERSON>"),
        ('{"first_name": "Bertrand", "last_name": "Delacour"}', '{"first_name": "<PERSON>", "last_name": "<PERSON>"}'),
        ("高橋 美咲さんに見積書を送りました", "<PERSON>さんに見積書を送りました"),
        ("박서연 님께 안내", "<PERSON> 님께 안내"),
    ]
    assert_redacted(redactor, cases)
    assert_unchanged(
        redactor,
        [
            "First name: required, last name: optional. Last name Missing in 12 rows.",
            "Regions: Hamburg, Bremen; Oslo, Bergen. Plan B. Testing starts.",
            "called grant access api, pinged docker compose service, waiting on stripe webhook",
            "お客様と担当者様に連絡しました。고객님께 안내했습니다。",
        ],
    )


def test_more_agents_than_are_remembered_stay_known_while_they_are_met() -> None:
    """The oldest are forgotten; adding one does not go through the others."""
    names = AgentNames()
    for number in range(MAX_MET * 2):
        names.add(f"Anna Berg{number:05}")
    found = [Finding("PERSON", 0, 14, 0.8)]
    assert names.without(found, f"Anna Berg{MAX_MET * 2 - 1:05}", {"PERSON"}) == []
    assert names.without(found, "Anna Berg00000", {"PERSON"}) == found


def test_change_of_names_counts_for_texts_that_were_clean_before() -> None:
    """What is remembered of short texts ends with the names for which they were clean."""
    redactor = Redactor(agents=["Emma Stone"])
    assert redactor.redact("Emma Stone asked").text == "Emma Stone asked"
    redactor.set_agents([])
    assert redactor.redact("Emma Stone asked").text == "<PERSON> asked"
    assert redactor.redact("Zzyx Qorb waits").text == "Zzyx Qorb waits"
    redactor.set_names(["Zzyx Qorb"])
    assert redactor.redact("Zzyx Qorb waits").text == "<PERSON> waits"


def test_names_are_not_looked_for_without_the_type() -> None:
    """The choice of types and of the least score counts."""
    text = "Assigned to Anna Berg"
    assert Redactor(without=["PERSON"]).redact(text).text == text
    assert Redactor(least_score=0.8).redact(text).text == text


def test_time_is_in_proportion_to_the_text() -> None:
    """Twice the text finds twice the names, and pieces that repeat end."""
    for piece in ("Anna Berg ", "Aa ", "A. ", "Dr. ", "van der ", "Anna, ", "É", "'s "):
        once, twice = people(piece * 400, SOURCES), people(piece * 800, SOURCES)
        assert len(twice) <= 2 * len(once) + 2


def test_names_are_found_by_the_forms_of_languages_and_scripts(redactor: Redactor) -> None:
    """Vietnamese, Chinese and Korean names, scripts without capitals, declined ones, and verbs of people."""
    names = [
        ("Call with ", "Nguyễn Văn Hùng", " moved"), ("Gửi cho ", "Trần Thị Bích Loan", "."), ("", "Zhang Xiaoling", " approved it"),
        ("A flight for ", "Hyun-woo Baek", " to Madrid"), ("已联系客户", "李淑芬", "，等待回复。"), ("고객 ", "김민수", "에게 보냈습니다."),
        ("تم إرسال العقد إلى ", "سلمى الحداد", "."), ("שלחתי הצעה אל ", "נועה ברקוביץ", "."), ("Rozmawiałem z ", "Bartłomiejem Rzepką", "."),
        ("Ναι, ", "Σταύρος Καλογερόπουλος", " υπέγραψε."), ("", "Soukaïna Lahlou", " a signé."), ("ping ", "lena fischer", " now"),
    ]  # fmt: skip
    assert_redacted(redactor, [("".join(parts), f"{parts[0]}<PERSON>{parts[2]}") for parts in names])
    assert_unchanged(
        redactor,
        [
            "Ja der Datenschutz ist geklärt. I clienti hanno già pagato.",
            "A procissão do São João começa às 21 horas. Monte Rosa hut, Jack Daniel's and Ben Nevis.",
            "Kolmogorov Smirnov test passed. Report from Change Advisory.",
            "通知马上发出。给全体员工发了邮件。 Liu Change, Wang Release.",
        ],
    )
