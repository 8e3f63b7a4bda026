"""The words of an identifier, and how much a word says about what a table or a column is. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# What the name of a table says: the more points, the more it looks like it.
OPERATION_WORDS: Mapping[str, int] = {
    "operation": 10, "tracker": 5, "run": 9, "execution": 9, "invocation": 8, "job": 7, "task": 6, "visibility": 4,
    "trace": 6, "instance": 4, "process": 4, "taskmeta": 4, "work": 3, "session": 3, "workflow": 2, "agent": 3,
    "activity": 2, "finish": 4, "archived": 1,
    "build": 6, "pipeline": 4, "scan": 5, "sync": 5, "crawl": 5, "completed": 2, "procinst": 7, "observation": 4,
    "attempt": -3, "step": -5, "node": -5, "event": -6, "log": -7, "history": -3, "state": -4, "status": -3,
    "input": -7, "output": -6, "result": 0, "artifact": -8, "version": -7, "definition": -7, "template": -7,
    "schedule": -7, "scheduled": -4, "setting": -8, "config": -8, "configuration": -8, "tag": -8, "metadata": -6,
    "annotation": -7, "permission": -9, "lock": -8, "queue": -4, "cache": -8, "archive": -4, "migration": -9,
    "webhook": -5, "notification": -6, "token": -9, "key": -8, "secret": -9, "dependency": -7, "limit": -8, "usage": -6,
    "metric": -7, "feedback": -4, "cost": -7, "message": -5, "data": -5, "payload": -7, "map": -7, "worker": -4,
    "batch": -3, "retry": -4, "replay": -4, "note": -7, "share": -7, "comment": -7, "schema": -8, "cron": -5,
    "member": -8, "offset": -8, "lookup": -7, "index": -6, "test": -4, "draft": -4, "span": -3,
    "detail": -6, "summary": -5, "report": -3, "stat": -7, "dead": -4, "relation": -7, "template_": -7, "request": -2,
    "training": -4, "exam": -6, "invitation": -8, "approval": -2, "heartbeat": -8, "rule": -7, "label": -8,
    "health": -6,
}  # fmt: skip
AGENT_WORDS: Mapping[str, int] = {
    "agent": 12, "assistant": 11, "bot": 11, "crew": 9, "dag": 8, "chatflow": 9, "workflow": 8, "flow": 8, "app": 7,
    "application": 7, "automation": 8, "pipeline": 7, "graph": 7, "playbook": 7, "recipe": 6, "scenario": 6,
    "script": 6, "function": 6, "func": 5, "skill": 5, "connection": 5, "deployment": 4, "task": 4, "job": 3,
    "runnable": 5,
    "registry": 2, "robot": 10, "persona": 6, "employee": 4, "zap": 6, "program": 3, "project": 2, "definition": 1,
    "version": -5, "setting": -8, "config": -6, "configuration": -6, "log": -9, "history": -7, "tag": -8, "run": -7,
    "execution": -8, "operation": -7, "tracker": -7, "permission": -9, "secret": -9, "key": -8,
    "token": -9, "state": -7, "event": -8, "template": -4, "message": -7, "input": -8, "output": -8, "node": -4,
    "step": -6, "user": -6,
    "folder": -8, "schedule": -5, "instance": -4, "webhook": -7, "queue": -5, "worker": -2, "attempt": -9,
    "preset": -6, "post": -9, "feedback": -8, "audit": -9, "statistic": -8, "share": -8, "dependency": -8, "parent": -9,
    "status": -9,
}  # fmt: skip
POST_WORDS: Mapping[str, int] = {
    "post": 10, "feed": 7, "social": 5, "timeline": 5, "announcement": 4, "status_update": 5, "agent": 2,
    "history": -6, "reaction": -9, "reply": -6, "comment": -6, "like": -9, "tag": -9, "read": -9, "draft": -6,
    "template": -8, "schedule": -7, "mention": -9, "media": -8, "attachment": -9, "metric": -9, "setting": -9,
    "account": -9, "analytic": -9, "log": -7, "queue": -7, "token": -9, "outbox": -9,
}  # fmt: skip
AUDIT_WORDS: Mapping[str, int] = {
    "audit": 10, "log": 3, "trail": 3, "event": 1, "entry": 1, "saas": 1,
    "setting": -9, "config": -9, "schema": -9, "run": -9, "job": -6, "report": -7, "finding": -8, "checkpoint": -9,
    "user": -1, "package": -7, "skill": -4, "financial": -5, "security": -3, "permission": -5, "login": -6,
    "hubspot": -6, "salesforce": -6, "collaboration": -4, "recording": -5, "canvas": -5, "device": -5, "browser": -5,
    "export": -6, "retention": -8, "archive": -6, "stream": -5, "streaming": -6,
}  # fmt: skip
# Words at the end of a table's name that say nothing about what a row is.
NOISE = frozenset(("entity", "entities", "table", "tbl", "record", "registry", "model", "info", "master"))
TENANT_WORDS = (
    ("tenant",), ("workspace",), ("organization",), ("organisation",), ("org",), ("team",), ("account",), ("company",),
    ("customer",), ("namespace",), ("project",),
)  # fmt: skip
_VOCABULARY = tuple(
    sorted(
        {word for table in (OPERATION_WORDS, AGENT_WORDS, POST_WORDS, AUDIT_WORDS) for word in table if len(word) > 2}
        | {"result", "meta", "detail", "summary"},
        key=len,
        reverse=True,
    )
)
_KNOWN = frozenset(_VOCABULARY)
AGENTS_PROPER = frozenset(("agent", "bot", "assistant"))
# Parts of a name that is written without any mark: `startedat`, `agentid`, `unifiedjob`.
_LAST_PARTS = ("timestamp", "status", "state", "uuid", "name", "time", "date", "type", "code", "id", "at")
_WORK = ("execution", "workflow", "task", "job", "run")
_ONE_WORD = frozenset(
    ("metadata", "taskmeta", "chatflow", "workflow", "timeline", "webhook", "dataset", "history", "runtime")
)


_SHORT = 3  # letters: `rerun` is one word


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text, which are separated by blanks."""
    return frozenset(text.split())


# What may stand before one of _LAST_PARTS besides a word that is known.
_FIRST_PARTS = word_set(
    "start started begin began end ended finish finished complete completed create created creation update updated "
    "stop stopped close closed fail failed queue queued schedule scheduled modify modified delete deleted submit "
    "submitted tenant user parent author error"
)


@cache
def split(name: str) -> tuple[str, ...]:
    """Return the words of an identifier in lower case, split at underscores, case and digits: `workflowId` has two."""
    return tuple(part.lower() for part in _PARTS.findall(name)) or (name.lower(),)


@cache
def words(name: str) -> tuple[str, ...]:
    """Return the words of an identifier in the singular; `taskresult` is split as well where both parts are known."""
    found: list[str] = []
    for part in split(name):
        found.extend(_compound(_singular(part)))
    return tuple(found)


def points(name: str, table: Mapping[str, int]) -> int:
    """Return the sum of what the words of a name say, each word once."""
    return sum(table.get(word, 0) for word in dict.fromkeys(words(name)))


def has(name: str, *any_of: str) -> bool:
    """Return whether one of these words is in an identifier."""
    return not set(words(name)).isdisjoint(any_of)


def phrase(name: str, phrases: Iterable[str]) -> bool:
    """Return whether the words of an identifier hold one of these phrases as consecutive words."""
    text = f" {' '.join(words(name))} "
    return any(f" {each} " in text for each in phrases)


@cache
def core(name: str) -> tuple[str, ...]:
    """Return the words of a table's name without the noise at its end: `workflow_entity` is about a workflow."""
    found = list(words(name))
    while len(found) > 1 and found[-1] in NOISE:
        found.pop()
    return tuple(found)


def _singular(word: str) -> str:
    if word in _KNOWN or len(word) < 4 or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    if word.endswith(("sses", "uses", "xes", "ches", "shes")):
        return word[:-2]
    return word.removesuffix("s")


def _compound(word: str) -> list[str]:
    if word in _KNOWN or word in _ONE_WORD:
        return [word]
    for first in _VOCABULARY:
        rest = _singular(word[len(first) :])
        if word.startswith(first) and rest in _KNOWN:
            return [first, rest]
    for last in _LAST_PARTS:
        first = word.removesuffix(last)
        if first != word and (first in _FIRST_PARTS or _singular(first) in _KNOWN):
            return [first, last]
    for last in _WORK:
        first = word.removesuffix(last)
        if first != word and len(first) > _SHORT:
            return [first, last]
    return [word]
