"""detect(): in which language a text is written."""

from __future__ import annotations

from autopost.writing.language import NAMES, detect
from autopost.writing.vocabulary import LETTERS, STOP_WORDS
from tests.support.cases import assert_results


def test_a_sentence_has_its_language() -> None:
    """By its script, or by its most frequent words and letters."""
    sentences = {
        "Sent the weekly report to 40 customers": "en",
        "Résumé parsing is done for all candidates": "en",
        "Den Wochenbericht an alle Kunden geschickt": "de",
        "3 Rechnungen geprüft und gebucht": "de",
        "Rapport hebdomadaire envoyé à tous les clients": "fr",
        "Informe semanal enviado a todos los clientes": "es",
        "Relatório semanal enviado para todos os clientes": "pt",
        "Rapporto settimanale inviato a tutti i clienti": "it",
        "Wekelijks rapport naar alle klanten gestuurd": "nl",
        "Veckorapporten skickades till alla kunder": "sv",
        "Ugerapporten er sendt til alle kunder": "da",
        "Cotygodniowy raport został wysłany do wszystkich klientów": "pl",
        "Týdenní zpráva byla odeslána všem zákazníkům": "cs",
        "Haftalık rapor tüm müşterilere gönderildi": "tr",
        "Отправил еженедельный отчёт всем клиентам": "ru",
        "Надіслано щотижневий звіт усім клієнтам": "uk",
        "週報をお客様に送信しました": "ja",
        "已将周报发送给客户": "zh",
        "주간 보고서를 고객에게 보냈습니다": "ko",
        "أرسل التقرير الأسبوعي إلى العملاء": "ar",
        "הדוח השבועי נשלח ללקוחות": "he",
    }
    assert_results(detect, sentences.items())


def test_what_cannot_be_told_is_not_guessed() -> None:
    """Names, figures, a few words that many languages have, and nothing."""
    assert_results(
        detect, ((text, None) for text in ("", "CSV 7", "workflow_execute", "GitHub Jira Slack", "🎉", "de"))
    )


def test_a_foreign_name_does_not_change_the_language() -> None:
    """Or a quotation of a few letters."""
    assert_results(
        detect,
        (
            ("Restarted the 週報 service for the team in Tokyo and sent the report", "en"),
            ("Restarted the José service", "en"),
            ("Der Bericht über the new API ist fertig und wurde verschickt", "de"),
        ),
    )


def test_every_language_that_is_detected_has_a_name() -> None:
    """The prompt names it."""
    assert {*STOP_WORDS, *LETTERS} <= NAMES.keys()
