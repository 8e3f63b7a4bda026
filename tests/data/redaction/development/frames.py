"""What agents write around a value. `{}` is where it stands; a frame of `CLAUSES` takes a clause with its words."""

from __future__ import annotations

ANYWHERE = (
    "Finished the workflow. While cleaning up I noticed {} in the output, so it needs a look.",
    "- [x] import\n- [x] dedupe\n- [ ] ask about {}\n",
    "Log excerpt:\n```\nINFO start\nERROR bad input {}\nINFO stop\n```",
    "From: Anaïs\nTo: ops\n\n> here it is: {}\n\nThanks!",
    "Filled field 3 with `{}` and pressed Save.",
    'The row says "{}" and should not.',
    "Connected the integration; its config shows {} now.",
    "({}) was left in the comment by Piotr",
    "Stand-up note: removed {} from the wiki. Next: tests.",
    "{}",
    "Saw {}, {count} rows later it was gone.".replace("{count}", "40"),
    "| key | value |\n|---|---|\n| a | {} |",
    '{"status": "failed", "input": "{}"}',
    "Agent Müller replied with {}.",
    "2030-05-01 10:00:00,123 DEBUG [main] got {}",
    "Why is {} in here? Asking before I go on.",
    "**{}** is what the screenshot shows.",
    "Vi ett fel uppstod: {} hittades.",
    "Line 1\nLine 2 {}\nLine 3",
    "report_final.csv, column B: {}; please check!",
)

CONTACTS = (
    "Wrote to {} about the renewal.",
    "Called {} and left a message.",
    "Customer can be reached at {}.",
    "Contact for the order: {}",
    "Reminder sent to {}, no answer.",
    "Support request from {} answered.",
    "Phone or mail of the lead: {}",
    "Added {} to the contact of Müller GmbH.",
    "{} wants a call back on Monday.",
    "The guest's number is {}; booked for two.",
)

PAYMENTS = (
    "Payment from {} came in.",
    "Refunded {} after the complaint.",
    "The customer sent {} by chat.",
    "Payment method {} was declined.",
    "Transfer to {} done.",
    "Found {} in a comment, masked it.",
)

NETWORK = (
    "Login from {} blocked.",
    "Server {} is back.",
    "Requests from {} are 90 % of the load.",
    "connect({}) timed out",
    "Pinged {}, no answer.",
    "Device {} registered.",
    "Whitelisted {} for the partner.",
    "ERROR upstream {} refused",
)

IDENTITIES = (
    "The form has {} in it.",
    "Applicant: {}",
    "Verified {} against the document.",
    "Row 12 holds {}, masked.",
)

CLAUSES = (
    "FYI: {}.",
    "The customer wrote that {}.",
    "Note: {}",
    "It says {}, which I removed.",
    "> {}\n\nDone.",
    "Config:\n{}\n",
    'The mail says "{}".',
    "{}",
    "I was told {} and stored it in the vault.",
)
