"""What the words of a status mean, and how an identifier is split into words."""

from __future__ import annotations

from autopost.database.drafting.statuses import Meaning, meaning
from autopost.database.drafting.words import words

MEANINGS = {
    Meaning.COMPLETED: "completed COMPLETED complete succeeded SUCCESS success done Done finished FINISHED ok OK "
    "passed partial-succeeded COMPLETED_SUCCESSFULLY CompletedSuccessfully completed_with_warnings job_completed",
    Meaning.FAILED: "failed FAILED Failure error ERROR errored crashed CRASHED timed_out TIMED_OUT TimedOut timeout "
    "COMPLETED_WITH_ERRORS partially_failed upstream_failed SYSTEM_FAILURE internal_error exception execution_failed",
    Meaning.RUNNING: "running RUNNING started in_progress InProgress executing EXECUTING processing active "
    "up_for_retry RETRYING_AFTER_FAILURE retryable retry restarting",
    Meaning.PENDING: "pending queued QUEUED scheduled created new NEW waiting submitted paused PAUSED suspended "
    "INCOMPLETE delayed WAITING_FOR_DEPLOY available",
    Meaning.CANCELLED: "cancelled canceled CANCELED cancelling killed aborted terminated TERMINATED stopped skipped "
    "revoked discarded rejected expired superseded",
    Meaning.APPROVAL: "waiting_for_approval WAITING_FOR_APPROVAL pending_approval awaiting_human_input needs_review "
    "in_review REVIEW approval requires_confirmation AwaitingApproval paused_for_input",
    Meaning.UNKNOWN: "closed exited terminal unsure 3 x not_done never_finished",
}


def test_words_of_a_status_say_what_it_means() -> None:
    """In any letter case and writing; an error in it counts more than a completion, another attempt more than both."""
    wrong = {
        value: (meaning(value), expected)
        for expected, values in MEANINGS.items()
        for value in values.split()
        if meaning(value) is not expected
    }
    assert wrong == {}


def test_identifier_is_split_into_words() -> None:
    """At case, underscores and digits, in the singular, and inside a compound that is known."""
    expected = {
        "workflowId": ("workflow", "id"),
        "AgentGraphExecution": ("agent", "graph", "execution"),
        "agent_operation_trackers": ("agent", "operation", "tracker"),
        "HTTPStatuses": ("http", "status"),
        "django_celery_results_taskresult": ("django", "celery", "result", "task", "result"),
        "bot_run_statuses": ("bot", "run", "status"),
        "activities": ("activity",),
        "status": ("status",),
        "v1_task2": ("v", "1", "task", "2"),
    }
    assert {name: words(name) for name in expected} == expected
