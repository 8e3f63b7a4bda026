"""Troubles that a check must name: how each comes about, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

_ALIVE = "insert into auto_post_workers values ('w', '1', now() - interval '2 hours', now(), 0); "
_WAITING = (
    "insert into operation_trackers (id, agent_id, operation_type, status) "
    "values ('op', 'ada', 'workflow_execute', 'completed'); "
)
_REPORTED = (
    "insert into auto_post_workers (name, version, started_at, last_seen_at, in_flight, problems) "
    "values ('w', '1', now(), now(), 0, jsonb_build_array(jsonb_build_object("
    "'subject', '{subject}', 'finding', 'fails: LockNotAvailableError 55P03', 'seconds', {seconds})))"
)
_DEAD = (
    _WAITING + "update auto_post_outbox set state = 'dead', last_error = 'boom', "
    "finished_at = now() - interval '{ago}', captured_at = now() - interval '{ago}';"
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Statements that bring it about, and the line of the check. `heals`: to run the advice is all that is needed."""

    name: str
    cause: str
    subject: str
    level: str
    finding: str
    heals: bool = True


TROUBLES = [
    Trouble(
        "trigger disabled",
        "alter table operation_trackers disable trigger auto_post_capture",
        "trigger",
        "problem",
        "it is disabled on public.operation_trackers",
    ),
    Trouble(
        "trigger for replicas alone",
        "alter table operation_trackers enable replica trigger auto_post_capture",
        "trigger",
        "problem",
        "fires for replicated changes alone",
    ),
    Trouble(
        "trigger dropped",
        "drop trigger auto_post_capture on operation_trackers",
        "trigger",
        "problem",
        "public.operation_trackers has no trigger",
    ),
    Trouble(
        "trigger without insert",
        "create or replace trigger auto_post_capture after update of status on operation_trackers "
        "for each row execute function auto_post_capture()",
        "trigger",
        "problem",
        "does not fire as it should: other events",
    ),
    Trouble(
        "trigger with a condition",
        "create or replace trigger auto_post_capture after insert or update of status on operation_trackers "
        "for each row when (new.progress > 0) execute function auto_post_capture()",
        "trigger",
        "problem",
        "does not fire as it should: a condition",
    ),
    Trouble(
        "trigger of another column",
        "create or replace trigger auto_post_capture after insert or update of progress on operation_trackers "
        "for each row execute function auto_post_capture()",
        "trigger",
        "problem",
        "not for every column of the status",
    ),
    Trouble(
        "trigger of all columns",
        "create or replace trigger auto_post_capture after insert or update on operation_trackers "
        "for each row execute function auto_post_capture()",
        "trigger",
        "warning",
        "fires for any column, which costs the agents",
    ),
    Trouble(
        "table swapped for another",
        "alter table operation_trackers rename to trackers_before; "
        "create table operation_trackers (like trackers_before including all)",
        "trigger",
        "problem",
        "it is on public.trackers_before instead of public.operation_trackers",
    ),
    Trouble(
        "function without its owner's rights",
        "alter function auto_post_capture() security invoker",
        "functions",
        "problem",
        "auto_post_capture() does not run with its owner's rights",
    ),
    Trouble(
        "function without its search_path",
        "alter function auto_post_expire(interval, integer) reset search_path",
        "functions",
        "problem",
        "auto_post_expire(interval, integer) does not run with",
    ),
    Trouble(
        "function dropped",
        "drop function auto_post_reconcile(integer, integer)",
        "functions",
        "problem",
        "auto_post_reconcile(integer, integer) is missing",
        heals=False,
    ),
    Trouble(
        "capture off",
        "select auto_post_capture_off()",
        "capture",
        "warning",
        "switched off by ",
    ),
    Trouble(
        "control without its row",
        "delete from auto_post_control",
        "capture",
        "problem",
        "auto_post_control has lost its row",
    ),
    Trouble(
        "rules not compiled",
        "alter table auto_post_rules disable trigger auto_post_compile_rules; "
        "update auto_post_rules set enabled = false where id = 1; "
        "alter table auto_post_rules enable trigger auto_post_compile_rules",
        "trigger",
        "problem",
        "other rules or switches than auto_post_rules and auto_post_control have: auto_post_compiled_rule",
    ),
    Trouble("paused", "select auto_post_pause()", "pause", "warning", "claiming is paused by "),
    Trouble(
        "agent paused",
        "select auto_post_pause('agent', 'ada')",
        "pause",
        "warning",
        "agent ada is paused by ",
    ),
    Trouble(
        "operation type paused",
        "select auto_post_pause('operation_type', 'workflow_execute')",
        "pause",
        "warning",
        "operation type workflow_execute is paused by ",
    ),
    Trouble(
        "all rules off",
        "update auto_post_rules set enabled = false",
        "rules",
        "warning",
        "none is on",
    ),
    Trouble(
        "times without zone",
        "alter table operation_trackers alter column completed_at type timestamp; set timezone = 'Asia/Tokyo'; "
        "do $$ begin execute format('alter database %I set timezone = ''Asia/Tokyo''', current_database()); end $$",
        "time zone",
        "warning",
        "completed_at without one, read in that of the database, Asia/Tokyo",
    ),
    Trouble(
        "no rules",
        "alter table auto_post_rules disable trigger user; delete from auto_post_rules",
        "rules",
        "warning",
        "there is none",
    ),
    Trouble(
        "rows wait for minutes",
        _ALIVE + _WAITING + "update auto_post_outbox set available_at = now() - interval '2 minutes'",
        "waiting",
        "warning",
        "1, the oldest for ",
        heals=False,
    ),
    Trouble(
        "rows wait for long",
        _ALIVE + _WAITING + "update auto_post_outbox set available_at = now() - interval '20 minutes', "
        "captured_at = now() - interval '20 minutes'",
        "waiting",
        "problem",
        "1, the oldest for 00:20:0",
        heals=False,
    ),
    Trouble(
        "stuck",
        _ALIVE + _WAITING + "update auto_post_outbox set state = 'claimed', worker = 'gone', "
        "available_at = now() - interval '2 minutes'",
        "stuck",
        "problem",
        "1 held by workers that are gone",
        heals=False,
    ),
    Trouble(
        "parked",
        _WAITING + "select auto_post_pause('agent', 'ada')",
        "parked",
        "warning",
        "1 until their pauses end",
    ),
    Trouble(
        "parked without a pause",
        _WAITING + "update auto_post_outbox set available_at = 'infinity'",
        "parked",
        "problem",
        "1 without a pause that holds them",
    ),
    Trouble(
        "dead letters",
        _DEAD.format(ago="1 hour"),
        "dead letters",
        "warning",
        "in the last day: 1 boom",
    ),
    Trouble(
        "kept for too long",
        _DEAD.format(ago="9 days"),
        "retention",
        "warning",
        "and they are to stay for 7 days",
    ),
    Trouble("no worker", "select 1", "workers", "warning", "none is alive", heals=False),
    Trouble(
        "no worker, and rows wait",
        _WAITING + "insert into auto_post_workers values ('w', '1', now(), now() - interval '2 hours', 0)",
        "workers",
        "problem",
        "none is alive; the last was seen at ",
        heals=False,
    ),
    Trouble(
        "retention fails in a worker",
        _REPORTED.format(subject="retention", seconds=60),
        "retention",
        "warning",
        "worker w, for 00:01:00: fails: LockNotAvailableError 55P03",
        heals=False,
    ),
    Trouble(
        "reconciler fails in a worker for long",
        _REPORTED.format(subject="reconcile", seconds=660),
        "reconcile",
        "problem",
        "worker w, for 00:11:00: fails: LockNotAvailableError 55P03",
        heals=False,
    ),
    Trouble(
        "reconciler does not run",
        _ALIVE + "update auto_post_reconciliation set last_run_at = now() - interval '2 hours'",
        "reconciler",
        "warning",
        "last ran at ",
        heals=False,
    ),
    Trouble(
        "reconciler never comes to the end",
        _ALIVE + "update auto_post_reconciliation set last_run_at = now()",
        "reconciler",
        "warning",
        "last came to the end of operation_trackers never",
        heals=False,
    ),
    Trouble(
        "reconciler without its row",
        "delete from auto_post_reconciliation",
        "reconciler",
        "problem",
        "auto_post_reconciliation has lost its row",
    ),
    Trouble(
        "platform's column dropped",
        "alter table agents drop column category",
        "platform's tables",
        "problem",
        "agents: column category is missing",
    ),
    Trouble(
        "platform's column too short",
        "alter table social_posts alter column content type varchar(140)",
        "platform's tables",
        "problem",
        "must hold 280 characters",
        heals=False,
    ),
    Trouble(
        "autovacuum off for the outbox",
        "alter table auto_post_outbox set (autovacuum_enabled = off)",
        "vacuum",
        "warning",
        "autovacuum_enabled of auto_post_outbox",
    ),
    Trouble(
        "table for the public",
        "grant select on auto_post_outbox to public",
        "rights of PUBLIC",
        "problem",
        "SELECT on autopost.auto_post_outbox",
    ),
    Trouble(
        "column for the public",
        "grant select (draft) on auto_post_outbox to public",
        "rights of PUBLIC",
        "problem",
        "SELECT (draft) on autopost.auto_post_outbox",
    ),
    Trouble(
        "function for the public",
        "grant execute on function auto_post_pause(text, text) to public",
        "rights of PUBLIC",
        "problem",
        "EXECUTE on autopost.auto_post_pause(text,text)",
    ),
    Trouble(
        "row-level security on autopost's own table",
        "alter table auto_post_outbox enable row level security",
        "row security",
        "problem",
        "autopost.auto_post_outbox is autopost's own and has row-level security",
    ),
    Trouble(
        "superuser",
        "alter function auto_post_capture() owner to current_user",
        "functions",
        "problem",
        "who owns the functions, is a superuser",
        heals=False,
    ),
]
