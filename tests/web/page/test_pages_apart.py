"""What the pages say where a worker must have a database to itself: hostile rows, trouble, and roles."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import psycopg
import pytest
from psycopg import sql

from tests.support import ROOT
from tests.support.crew import Crew
from tests.support.host import Host, open_connection, until
from tests.support.roles import dsn_of, groups
from tests.support.web.browsing import TOKEN, numbers, signed_in, site
from tests.support.web.filling import bury, fill, lock_out


class Elements(HTMLParser):
    """The elements of a page, and the attributes that carry behaviour."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.behaviour: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.names.append(tag)
        self.behaviour += [name for name, value in attrs if name.startswith("on") or "script:" in (value or "")]


HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)> " onmouseover="alert(3) \' {{ 7*7 }} </li></ol><h1>'


def test_hostile_rows_are_text(host: Host, database: str, processes: Crew) -> None:
    """Names, types, reasons, errors, ids, and what an address brings along."""
    fill(host, 3)
    host.execute(
        "update social_posts set content = %s, "
        "post_metadata = jsonb_build_object('tracker_id', %s::text, 'link', 'javascript:alert(7)')",
        (HOSTILE, HOSTILE),
    )
    host.execute("update agents set name = %s, maturity = %s", (HOSTILE, HOSTILE))
    host.execute(
        "update audit_log set operation_type = %s, status = %s, id = id || %s, "
        "agent_id = case id when 'a1' then %s else agent_id end",
        (HOSTILE, HOSTILE, HOSTILE, HOSTILE),
    )
    host.execute("insert into auto_post_workers values (%s, %s, now(), now(), 0)", (HOSTILE, HOSTILE))
    host.execute("insert into auto_post_pauses (kind, value) values ('agent', %s)", (HOSTILE,))
    host.complete(HOSTILE, agent=host.agent("mallory", name=HOSTILE))
    host.execute("update auto_post_outbox set agent_id = 'mallory' where state = 'posted'")
    bury(host, HOSTILE, HOSTILE)
    with site(database, processes) as guarded:
        signed_in(guarded)
        query = "agent=" + "%3Cscript%3Ealert(4)%3C/script%3E&kind=%22%3E%3Cscript%3E&said=%3Cscript%3E&before=%22%3E"
        post = host.value("select id from social_posts limit 1")
        for path in ("/?silent=1", "/outbox", f"/?{query}", f"/outbox?{query}", f"/post/{post}"):
            answer = guarded.get(path)
            assert answer.status_code == 200
            elements = Elements(answer.text)
            assert elements.names.count("script") == 1, "the page's own"
            assert "img" not in elements.names
            assert elements.names.count("h1") == 1
            assert elements.behaviour == []
            assert "{{ 7*7 }}" in answer.text
            assert "javascript:" not in answer.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in guarded.get("/?silent=1").text


def test_filters_work_without_scripts(host: Host, database: str, processes: Crew) -> None:
    """By agent and by kind, and together; what was not posted on demand."""
    fill(host, 60)
    host.complete("silent", agent=host.agent("sprout", maturity="STUDENT", name="Sprout"))
    with site(database, processes) as guarded:
        signed_in(guarded)
        until(lambda: host.waiting() == 0)
        assert numbers(guarded.get("/?kind=alert").text) == list(range(60, 0, -5))
        assert numbers(guarded.get("/?agent=agent7").text) == [47, 27, 7]
        assert numbers(guarded.get("/?agent=agent10&kind=alert").text) == [50, 30, 10]
        assert "Sprout" not in re.sub(r"<option.*", "", guarded.get("/").text)
        assert numbers(guarded.get("/?agent=Agent+7").text) == [47, 27, 7]
        assert numbers(guarded.get("/?q=NUMBER+6").text) == [60, 6]
        assert numbers(guarded.get("/?q=filled7").text) == [7], "the id of an operation"
        assert numbers(guarded.get("/?q=%25").text) == []
        assert numbers(guarded.get("/?type=workflow_execute").text) == []
        assert len(numbers(guarded.get("/?type=report_generate&tenant=tenant").text)) == 40
        assert numbers(guarded.get("/?tenant=other").text) == []
        assert "Nothing matches this filter" in guarded.get("/?tenant=other").text
        page = guarded.get("/?silent=1&agent=sprout").text
        assert "Not posted: <bdi>maturity: a STUDENT may not post</bdi>" in page
        assert 'name="agent" value="Sprout"' in page


@pytest.mark.long
def test_page_says_that_the_database_does_not_answer(host: Host, database: str, processes: Crew) -> None:
    """And the worker goes on; the page shows more when it is back."""
    with site(database, processes) as guarded:
        signed_in(guarded)
        name = sql.Identifier(host.connection.info.dbname)
        with open_connection(database, dbname="postgres", autocommit=True) as other:
            other.execute(sql.SQL("alter database {} with allow_connections false").format(name))
            lock_out(host)
            for path in ("/", "/outbox"):
                until(lambda path=path: guarded.get(path).status_code == 503)  # type: ignore[misc]
                page = guarded.get(path).text
                assert "The database does not answer." in page
                assert '<meta http-equiv="refresh" content="5">' in page, (
                    "it comes back by itself, also without scripts"
                )
            assert guarded.get("/healthz").status_code == 200
            other.execute(sql.SQL("alter database {} with allow_connections true").format(name))
        until(lambda: guarded.get("/").status_code == 200)
        until(lambda: guarded.get("/outbox").status_code == 200)
        host.complete(agent=host.agent())
        until(lambda: host.waiting() == 0)
        assert guarded.worker.process.poll() is None


def test_role_of_the_page_may_act_as_documented(host: Host, database: str, processes: Crew) -> None:
    """With the grants of the how-to, and by its name in the audit log."""
    with groups(host, database) as logins:
        role, worker = logins["reader"], logins["worker"]
        grants = (ROOT / "docs" / "how-to" / "page.md").read_text("utf-8").split("```sql")[2].split("```")[0]
        host.execute(grants.replace("autopost_page", role))
        variables = {"SOCIAL_POST_PAGE_DATABASE_URL": dsn_of(database, user=role)}
        with site(dsn_of(database, user=worker), processes, **variables) as guarded:
            signed_in(guarded)
            assert guarded.post("/pause").headers["location"] == "outbox?said=paused"
            for number in range(2):
                bury(host, host.complete(f"op{number}", agent=host.agent()))
            form = {"tracker": "op1", "reason": "not worth it"}
            assert guarded.post("/skip", form).headers["location"] == "outbox?said=skipped"
            assert guarded.post("/retry", {"tracker": "op0"}).headers["location"] == "outbox?said=retried"
            assert guarded.post("/resume").headers["location"] == "outbox?said=resumed"
            until(lambda: host.waiting() == 0)
            assert guarded.get("/").text.count("Sorted the inbox") == 1
        assert {row["details"]["by"] for row in host.audit() if "by" in row["details"]} == {role}


def test_page_has_a_role_of_its_own(host: Host, database: str, processes: Crew) -> None:
    """One that may not read says so; nothing fails."""
    role = f"nobody_{host.connection.info.dbname}"
    host.execute(f"create role {role} login")
    try:
        with site(
            database, processes, SOCIAL_POST_PAGE_DATABASE_URL=psycopg.conninfo.make_conninfo(database, user=role)
        ) as guarded:
            page = guarded.get("/", Authorization=f"Bearer {TOKEN}")
            assert page.status_code == 503
            assert "Grant it auto_post_reader" in page.text
    finally:
        host.execute(f"drop role {role}")
