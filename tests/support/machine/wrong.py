"""Versions of statements, functions and decisions that are wrong on purpose: the state machine must find each.

Each takes away one thing that a promise hangs on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest

from autopost.database.sql import query, read_object, render
from autopost.model import Proposal
from tests.support.host import SCHEMAS
from tests.support.machine.stage import Stage


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: in this file of sql/, what stands there is replaced."""

    name: str
    file: str
    right: str
    wrong: str

    def fits(self) -> bool:
        """Return whether the file says what is replaced; else nothing would be wrong."""
        return self.right in read_object(self.file)

    def install(self, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put it in place, for this test alone."""
        folder, _, name = self.file.partition("/")
        assert self.fits(), f"{self.file} does not say this any more, and nothing would be wrong"
        if folder == "functions":
            stage.run(stage.main.execute(render(read_object(self.file).replace(self.right, self.wrong), SCHEMAS)))
            return

        def wrong_query(asked: str, schema: str) -> str:
            shares = asked == name or (folder == "parts" and f"part.{name} " in read_object(f"queries/{asked}"))
            return query(asked, schema).replace(self.right, self.wrong) if shares else query(asked, schema)

        monkeypatch.setattr("autopost.outbox.outbox.query", wrong_query)
        monkeypatch.setattr("autopost.worker.publication.query", wrong_query)


FENCED = "case when o.epoch = v.epoch"
CLAIMED = "then o.state = 'claimed'"
WRONGS = [
    Wrong("finish names no epoch", "parts/finished", FENCED, "case when true"),
    Wrong("finish ends what is not claimed", "parts/finished", CLAIMED, "then true"),
    Wrong("save_drafts names no epoch", "queries/worker/save_drafts", FENCED, "case when true"),
    Wrong("renew names no epoch", "queries/worker/renew", FENCED, "case when true"),
    Wrong("defer names no epoch", "queries/worker/defer", FENCED, "case when true"),
    Wrong("defer takes back what is finished", "queries/worker/defer", CLAIMED, "then true"),
    Wrong("release names no epoch", "queries/worker/release", FENCED, "case when true"),
    Wrong(
        "agents are not locked",
        "queries/worker/lock_agents",
        "o.agent_id is not null as is_locked",
        "true as is_locked",
    ),
    Wrong("the claim ignores leases", "queries/worker/claim", "            and o.available_at <= now()\n", ""),
    Wrong(
        "the claim gives no lease",
        "parts/claimed",
        "clock_timestamp() + $2::interval",
        "clock_timestamp() + 0 * $2::interval",
    ),
    Wrong("a crash costs an attempt", "queries/worker/rescue", "greatest(o.attempts - 1, 0)", "o.attempts"),
    Wrong("a crash is forgotten", "queries/worker/rescue", "coalesce(o.crashes, 0) + 1", "o.crashes"),
    Wrong(
        "the claim leaves the epoch",
        "parts/claimed",
        "is null then o.epoch\n",
        "is null then o.epoch - 1\n",
    ),
    Wrong(
        "the claim forgets what was removed",
        "parts/claimed",
        "c.epoch > 1000000 as already_processed",
        "false as already_processed",
    ),
    Wrong(
        "what is removed is not remembered",
        "functions/auto_post_expire",
        "select old.id from old",
        "select old.id from old where false",
    ),
    Wrong(
        "a purge leaves no audit row",
        "functions/auto_post_purge",
        "where g.state in ('pending', 'claimed')",
        "where false",
    ),
    Wrong(
        "an end leaves no audit row",
        "parts/finished",
        "from finished as f\n    returning",
        "from finished as f where f.state <> 'skipped'\n    returning",
    ),
    Wrong(
        "a resume lets nothing go", "functions/auto_post_resume", "p_kind is not null and o.state", "false and o.state"
    ),
    Wrong(
        "the row's id is another each time",
        "functions/auto_post_capture",
        "auto_post_outbox_id(v_tracker_id, v_rule_id), v_rule_id",
        "auto_post_outbox_id(pg_catalog.gen_random_uuid()::text, v_rule_id), v_rule_id",
    ),
    Wrong(
        "a state counts, not a transition",
        "functions/auto_post_capture",
        "is not distinct from {{ cut.old.status }}",
        "is not distinct from 'x'",
    ),
    Wrong(
        "capturing fails the agent",
        "functions/auto_post_capture",
        "when others or assert_failure then\n            v_sqlstate",
        "when no_data_found then\n            v_sqlstate",
    ),
    Wrong(
        "the reconciler posts the past",
        "functions/auto_post_reconcile_rows",
        ">= greatest($2, r.since) as is_recent",
        "is not null as is_recent",
    ),
    Wrong(
        "skipping leaves the row to its worker",
        "functions/auto_post_skip",
        "o.state in ('pending', 'claimed', 'dead')",
        "o.state in ('pending', 'dead')",
    ),
]


def posts_whatever_the_rules_say(group: Sequence[Proposal], *_: object) -> list[Proposal]:
    """Decide nothing again under the agents' locks."""
    return list(group)


def trust_the_first_decision(_: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the second decision, which is the one that counts."""
    monkeypatch.setattr("tests.support.machine.workers.at_publishing", posts_whatever_the_rules_say)


# These take many examples: `make mutants` and the thorough run look for them.
RARE = {
    "the reconciler posts the past",
    "a resume lets nothing go",
    "the claim ignores leases",
    "capturing fails the agent",
    "what is removed is not remembered",
    "the claim forgets what was removed",
}
# These take seconds each: CI looks for them.
SLOW = {
    "skipping leaves the row to its worker",
    "finish names no epoch",
    "a state counts, not a transition",
    "finish ends what is not claimed",
    "a purge leaves no audit row",
    "a crash is forgotten",
    "an end leaves no audit row",
    "nothing is decided again under the lock",
}

Install = Callable[[Stage, pytest.MonkeyPatch], None]
INSTALLS: dict[str, Install] = {wrong.name: wrong.install for wrong in WRONGS} | {
    "nothing is decided again under the lock": trust_the_first_decision
}
assert INSTALLS.keys() >= RARE | SLOW
