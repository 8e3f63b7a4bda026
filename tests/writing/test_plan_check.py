"""What an operation only plans, or asks for, is not told as done."""

from __future__ import annotations

import pytest

from autopost.writing.plan_check import tells_plan_as_done

DONE = "Counted the forms of the open day; 9 articles are low."
# Language, plan, and posts that tell it as done.
AS_DONE = [
    ("en", "Send the brochure to 28 visitors.", "Counted the forms and sent the brochure to 28 visitors."),
    ("en", "Purchasing confirms the list.", "Nine articles were low, so purchasing confirmed the list."),
    ("en", "Developers add the index.", "Counted the forms and added the index; it is fast again."),
    ("en", "Notify the drivers.", "9 articles are low. The drivers have been notified."),
    ("en", "The manager reads the list and buys more paper.", "Forms counted, and the manager has bought paper."),
    ("en", "Put the list on the wiki.", "The forms are counted and the list has been put on the wiki."),
    ("en", "New brochure for the fair.", "Forms counted; the new brochure is ready."),
    ("de", "Die Hausverwaltung bestätigt die Termine.", "Die Hausverwaltung hat alle Termine bestätigt."),
    (
        "de",
        "Den Bericht an die Filialen verschicken.",
        "9 Artikel fehlen, der Bericht wurde an die Filialen verschickt.",
    ),
    ("de", "Kunden anschreiben.", "Gezählt, und die Kunden sind angeschrieben."),
    ("de", "Der Einkauf bespricht die Liste.", "Der Einkauf hat die Liste schon besprochen."),
    ("fr", "Transmettre les demandes au service comptable.", "Les demandes ont été transmises au service comptable."),
    ("fr", "Préparer les graphiques.", "Le rapport est fini et les graphiques sont déjà en ligne."),
    ("fr", "Envoyer la brochure.", "Formulaires comptés, et j'ai envoyé la brochure."),
    ("es", "Ofrecer nuevas fechas a las 2 personas.", "Se ofrecieron nuevas fechas a las dos personas."),
    ("es", "Renovar el certificado.", "El certificado ya está renovado."),
    ("it", "Chiedere l'indirizzo e avvisare i clienti.", "I clienti sono stati avvisati."),
    ("pt", "Procurar outro fornecedor.", "Contei tudo e já procurei outro fornecedor."),
    ("nl", "Douanepapieren opsturen.", "De douanepapieren zijn opgestuurd."),
    ("sv", "Skicka underlagen till banken.", "Underlagen har skickats till banken."),
    ("pl", "Poprawka planowana na środę.", "Policzone, a poprawka jest już wdrożona i działa."),
    ("pl", "Sprawdzić faktury.", "Policzyłam wszystko i sprawdziłam faktury."),
    ("ja", "料理の数を店に連絡する。", "集計し、店に連絡しました。"),
    ("zh", "仓储团队周三确认。", "仓储团队已经确认。"),
]
# Language, plan, and posts that leave it a plan, or say only what was done.
AS_PLAN = [
    ("en", "Send the brochure to 28 visitors.", "The forms are counted; the brochure goes out next."),
    ("en", "Send the brochure.", "Counted. The brochure will be sent to everybody soon."),
    ("en", "Purchasing confirms the list.", "Nine articles are low, and purchasing confirms the list."),
    ("en", "Purchasing confirms the list.", "Once purchasing has read and confirmed the list, we order."),
    ("en", "Purchasing confirms the list.", "The list still has to be confirmed by purchasing."),
    ("en", "Developers add the index.", "The index is not added yet."),
    ("en", "Remove the old keys on 15 December.", "Forms counted. The old keys are removed on December 15."),
    ("en", "Correct the list.", "Who gets the corrected list? Everybody."),
    ("en", "Run the count again.", "9 articles are low because we ran out of paper."),
    ("en", "Legal checks the forms.", "The forms of the open day are counted. Over to legal for a check."),
    ("de", "Die Hausverwaltung bestätigt die Termine.", "Gezählt; jetzt bestätigt die Hausverwaltung die Termine."),
    ("de", "Kunden anschreiben.", "Als Nächstes sind die Kunden anzuschreiben."),
    ("de", "Den Bericht verschicken.", "Der Bericht wird morgen verschickt."),
    ("fr", "Transmettre les demandes.", "Les demandes seront transmises demain."),
    ("es", "Repetir el informe.", "Esta noche lo repetimos."),
    ("it", "Rinnovare il certificato.", "Partono appena è rinnovato il certificato."),
    ("pt", "Testar com 10 clientes.", "Agora testamos com dez clientes."),
    ("nl", "Douanepapieren opsturen.", "De douanepapieren worden opgestuurd."),
    ("pl", "Sprawdzić faktury.", "Jutro sprawdzimy faktury."),
    ("ja", "復旧したら再実行します。", "集計しました。再実行したら報告します。"),
    ("zh", "仓储团队周三确认。", "仓储团队周三确认。"),
]


@pytest.mark.parametrize(("language", "plan", "text"), AS_DONE)
def test_plan_as_done_is_found(language: str, plan: str, text: str) -> None:
    """A verb of the plan in a finished form, or a thing of the plan that is there already."""
    assert tells_plan_as_done(text, plan, DONE, language)


@pytest.mark.parametrize(("language", "plan", "text"), AS_PLAN)
def test_plan_may_be_told_as_one(language: str, plan: str, text: str) -> None:
    """In the future and the present, with a condition or a negation; so may everything that was done."""
    assert not tells_plan_as_done(text, plan, DONE, language)


def test_what_was_done_is_no_plan() -> None:
    """A verb that the operation says of both is left alone; so is a language whose forms are not known."""
    assert not tells_plan_as_done("Sent 40 reports.", "Send 40 more.", "Sent 40 reports to shops.", "en")
    assert not tells_plan_as_done("Raport trimis.", "Raport trimis.", DONE, "ro")
    assert not tells_plan_as_done("Sent it.", "", DONE, "en")
