"""What agents write around a value. `{}` is where it stands; a frame of `CLAUSES` takes a clause with its words."""

from __future__ import annotations

_ODD_THING = (
    "Wrapped up the nightly sync for Łukasz's team. One odd thing: the worker kept {} in its environment, "
    "so I flagged it."
)

ANYWHERE = (
    _ODD_THING,
    "## Summary\n- 14 pages crawled\n- 2 redirects fixed\n- leaked value: {}\n\nNext: purge the caches",
    "> On Tue, Marta wrote:\n> please use {} for now\n\nI answered that we rotate it first.",
    "2031-04-09T11:42:07Z WARN exporter: unexpected value {} in column 7 (skipped)",
    "Browser run finished. The page's footer showed `{}` in plain sight; screenshot attached.",
    "Tried three times; the form kept rejecting {}, so I stopped and asked.",
    "| step | result |\n|---|---|\n| login | ok |\n| copy | {} |\n",
    "config.yaml line 12 had {}; moved to the vault.",
    "Ticket OPS-2214: the customer pasted {} into the chat, message removed.",
    "Approval needed: may I hand {} over to the vendor?",
    "```\n$ env | sort | head -1\nVALUE={}\n```\nNothing else unusual.",
    "Stand-up: yesterday imports, today getting {} out of the seed data, no blockers.",
    "He ended the mail with: {}",
    "Día 3 de la migración: encontré {} en los registros y lo borré.",
    "Im Protokoll stand {} – entfernt.",
    "J'ai retiré {} du fichier avant l'envoi.",
    "1. opened the board\n2. found {}\n3. closed the board",
    '{"event": "row_rejected", "raw": "{}", "attempt": 2}',
    "Zoë asked what ({}) is. I do not know either!",
    "Compared 220 rows; only one differs, it says {} where the other is empty.",
    "{} turned up twice in the export.",
    "Removed {}",
    "Could not parse <{}>, giving up after 3 tries.",
    "Result: **{}** (see the run's log)",
    "fix(importer): drop {} from fixtures\n\nCo-worked with Priya.",
    "Diff:\n- old: {}\n+ old: (removed)",
    "Ólafur's note reads '{}' and nothing else.",
    "The crawler logged [{}] at 04:12, run 88 of 90.",
    "李雷 left a comment with {} in it.",
    "Everything is green.\n\n{}\n\nThat line should not be in the README, I think.",
)

CONTACTS = (
    "Reached out to {} about the overdue invoice, no answer yet.",
    "New lead from the form: Katarzyna, {}, interested in the annual plan.",
    "SMS to {} bounced.",
    "Feedback received from {}: loves the new dashboard.",
    "The courier can be reached under {} until six.",
    "Updated the contact of Mbali to {} in the CRM.",
    "Call {} back tomorrow, she asked for a demo.",
    "- name: Ines\n- contact: {}\n- status: won",
    "Escalated to on-call ({}).",
    "Mrs Haug left her number, {}, and asked for a call.",
    "Merged two customers who share {}.",
    "Contact: {}",
    "{} asked to be taken off the list; done.",
    "Voicemail from {} transcribed and filed.",
)

PAYMENTS = (
    "Refund issued to {} after the double charge.",
    "The payer typed {} into the comment field.",
    "Reconciled 412 payments; {} has no match.",
    "Payout to {} failed with code 51, trying again tomorrow.",
    "Invoice 2031-118 names {} as the account.",
    "Customer's new payment method: {}",
    "Charged {} twice by mistake, reversed it.",
    "row 17: {} (duplicate)",
)

NETWORK = (
    "Blocked {} after 400 failed logins.",
    "The scanner came from {} and tried 14 ports.",
    "Host {} answers again.",
    "Allowed {} in the firewall until Monday.",
    "ssh: connect to host {}: Connection refused",
    "Most requests are from {}, about 80 %.",
    "device {} joined the guest network",
    "New session for Tomasz from {}.",
    'nginx: {} - - "GET /health" 200',
    "Traced the slow calls to {}.",
)

IDENTITIES = (
    "The applicant's form shows {} twice.",
    "HR file updated with {}.",
    "The scan was unreadable apart from {}.",
    "Background check done, matched {}.",
    "W-9 says {}.",
)

CLAUSES = (
    "Note for the next run: {}.",
    "The page said: {}",
    "While filling the form I saw that {}, and went on.",
    'From the mail: "{}".',
    "- done: onboarding\n- open: review\n- fyi: {}\n",
    "Agent-to-agent: {}; please confirm.",
    "Found in the old notebook: {}",
    "(Side note: {}.)",
    "Output of the step:\n{}\nexit code 0",
    "Finished. For the record, {}.",
    "He wrote: {}. Then he logged off.",
    "Antwort vom Kunden: {}",
    "Session ended early because {}, it seems.",
    "log: {} [ok]",
)
