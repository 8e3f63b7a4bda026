"""A mapping of the platform's tables: what it means, and every problem at once."""

from __future__ import annotations

import pytest

from autopost.database.mapping import about, referenced
from autopost.database.mapping_file import parse_mapping
from autopost.errors import ConfigurationError

SMALLEST = """
[agents]
table = "public.agent_registry"
[operation_trackers]
table = "public.work"
"""

A_WORD = "at most 31 of a-z, 0-9 and _, a letter first"
A_STRING = "a column's name or an SQL expression, as a string"


def refusal(text: str) -> str:
    """Return the message with which a mapping is refused."""
    with pytest.raises(ConfigurationError) as caught:
        parse_mapping(text, "platform.toml")
    return str(caught.value)


def test_column_that_is_not_named_has_the_same_name() -> None:
    """Only what differs is said; what autopost does not read need not be there."""
    agents = parse_mapping(SMALLEST, "x").tables["agents"]
    assert agents.columns["maturity"] == 't."maturity"'
    (trackers,) = parse_mapping(SMALLEST, "x").operations
    assert trackers.columns["progress"] == "null"
    assert trackers.table == '"public"."work"'


def test_name_is_folded_as_in_sql_and_kept_when_quoted() -> None:
    """`State` is state, `"State"` is itself."""
    text = SMALLEST + "[operation_trackers.columns]\nstatus = '\"State\"'\nid = 'Id'\n"
    columns = parse_mapping(text, "x").operations[0].columns
    assert (columns["status"], columns["id"]) == ('t."State"', 't."id"')


def test_expression_is_about_the_row_that_is_meant_and_leaves_literals_alone() -> None:
    """Only `t.` itself counts: no literal, no longer name, no column of another table."""
    expression = """case t.state when 't.x' then at.y else "t".z || lower(t."Big") end"""
    assert about("new", expression) == """case new.state when 't.x' then at.y else "t".z || lower(new."Big") end"""
    assert referenced("coalesce(t.a, t.b, t.a, 't.c')") == ['"a"', '"b"']


def test_status_names_the_columns_that_the_trigger_watches() -> None:
    """A progress update that touches none of them does not fire it."""
    text = SMALLEST + '[operation_trackers.columns]\nstatus = "coalesce(t.result, t.state)"\n'
    (trackers,) = parse_mapping(text, "x").operations
    assert trackers.status_columns == ['"result"', '"state"']
    assert trackers.of_row("old", "status") == "coalesce(coalesce(old.result, old.state))"


def test_what_is_written_is_the_plain_columns_and_the_values() -> None:
    """An expression is read only; a value goes before a plain column."""
    text = (
        SMALLEST
        + '[social_posts]\ntable = "public.posts"\n[social_posts.columns]\nid = "t.no::text"\npost_type = "kind"\n'
        + "tenant_id = 'null'\n[social_posts.values]\nkind = \"upper(new.post_type)\"\nvisible = 'true'\n"
    )
    written = parse_mapping(text, "x").tables["social_posts"].written
    assert written['"kind"'] == "upper(new.post_type)"
    assert written['"visible"'] == "true"
    assert written['"content"'] == "new.content"
    assert not {'"id"', '"no"', '"tenant_id"'} & written.keys()


SEVERAL = """
[agents]
table = "public.agent_registry"
[[operation_trackers]]
name = "executions"
table = "public.execution"
[operation_trackers.columns]
status = "lower(t.state)"
[[operation_trackers]]
table = "public.work"
columns = { id = ["Dag_id", "t.run_id", '"taskId"'], agent_id = ["tenant", "agent"] }
"""


def test_several_tables_of_operations_have_names_that_their_ids_begin_with() -> None:
    """The one without a name comes first, wherever it stands: its ids are as they are."""
    work, executions = parse_mapping(SEVERAL, "x").operations
    assert (work.name, work.table, executions.name, executions.table) == (
        *("", '"public"."work"'),
        *("executions", '"public"."execution"'),
    )
    assert executions.columns["id"] == (
        """case when (t."id") is not null then pg_catalog.concat('executions/', t."id") end"""
    )
    assert executions.status_columns == ['"state"']
    assert work.status_columns == ['"status"']


def test_id_of_several_columns_is_their_values_escaped_and_joined() -> None:
    """The columns are known apart from the expression, so that a row can be looked up by them."""
    work, executions = parse_mapping(SEVERAL, "x").operations
    assert work.id_columns == ('"dag_id"', '"run_id"', '"taskId"')
    assert executions.id_columns == ('"id"',)
    assert referenced(work.columns["id"]) == [*work.id_columns]
    assert referenced(work.columns["agent_id"]) == ['"tenant"', '"agent"']
    assert (
        parse_mapping(SMALLEST + "[operation_trackers.columns]\nid = 't.a || t.b'\n", "x").operations[0].id_columns
        == ()
    )


def test_problem_of_one_of_several_tables_says_which_it_is() -> None:
    """By its name, or by its place in the file."""
    message = refusal(
        SEVERAL
        + 'nam = "runs"\n[[operation_trackers]]\nname = "executions"\ntable = "public.work"\n'
        + '[operation_trackers.columns]\nid = ["a", "a"]\nstatus = ["a", "b"]\n'
        + '[[operation_trackers]]\nname = "Jobs"\ntable = "public.jobs"\n'
        + '[[operation_trackers]]\ntable = "public.runs"\n'
    )
    several = "two columns or more, as in ['dag_id', 'run_id'], each once"
    give = "Give the others one each, as in name = 'executions': their ids are then executions/ID"
    assert message.splitlines()[1:] == [
        "  [operation_trackers] nam: not known; did you mean name? (section number 2)",
        f"  [operation_trackers.columns] id: got ['a', 'a']; expected: {several} (section 'executions')",
        f"  [operation_trackers.columns] status: got ['a', 'b']; expected: {A_STRING} (section 'executions')",
        f"  [operation_trackers] name: got 'Jobs'; expected: {A_WORD} (section 'Jobs')",
        f"  [[operation_trackers]]: 2 sections have no name; expected: at most one. {give}",
        "  [[operation_trackers]] name: 'executions' is given twice",
        '  [[operation_trackers]] table: "public"."work" is given twice',
    ]


def test_every_problem_is_named_at_once() -> None:
    """Unknown names with what was meant, and what is missing."""
    message = refusal(
        '[agent]\ntable = "a.b"\n[operation_trackers]\ntable = "work"\nkey = 1\n[operation_trackers.columns]\n'
        "statu = 'x'\nstatus = \"'done'\"\nwhat_explanation = 7\nwhy_explanation = 'a $$ b'\nnext_steps = 'a $b_1$ c'\n"
        "[operation_trackers.values]\nx = 'y'\n"
    )
    assert message.splitlines() == [
        "platform.toml is invalid:",
        "  [agent]: not a table of autopost; did you mean agents?",
        "  [agents]: missing; autopost reads it and cannot make it",
        "  [operation_trackers] key: not known; expected: name, table, columns",
        "  [operation_trackers] values: not known; expected: name, table, columns",
        f"  [operation_trackers.columns] what_explanation: got 7; expected: {A_STRING}",
        "  [operation_trackers.columns] why_explanation: an expression must not hold $$, $name$ or {{",
        "  [operation_trackers.columns] next_steps: an expression must not hold $$, $name$ or {{",
        "  [operation_trackers.columns] statu: not a column of autopost's; did you mean status?",
        "  [operation_trackers.columns] status: got \"'done'\"; must name a column of the table, as in t.state",
        "  [operation_trackers] table: got 'work'; expected: 'schema.table'",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[agents", "platform.toml: it is not valid TOML"),
        ("agents = 5", "agents: got 5; expected: a section [agents]"),
        (SMALLEST + "[agents.columns]\n'' = 'x'", "not a column of autopost's"),
        (SMALLEST.replace("public.work", "public.wo'rk"), "[operation_trackers] table"),
        (
            SMALLEST + "[social_posts]\ntable = 'a.b'\ncolumns = { content = 'null' }",
            "content: got null; autopost does not do without it",
        ),
        (
            SMALLEST + "[audit_log]\ntable = 'a.b'\ncolumns = { tracker_id = 'x', post_id = 'x' }",
            'post_id: "x" is written twice; say in [audit_log.values] what it gets',
        ),
    ],
)
def test_bad_mapping_is_refused(text: str, expected: str) -> None:
    """By name, with what is allowed."""
    assert expected in refusal(text)


def test_functions_of_autopost_are_called_in_whatever_schema_they_are() -> None:
    """With or without `autopost.`; not in a literal, and not another's function of a like name."""
    for given, expected in (
        ("autopost.auto_post_json(t.outputs) ->> 'text'", "{{ schema }}.auto_post_json(t.outputs) ->> 'text'"),
        ("auto_post_json (t.a) -> 'b'", "{{ schema }}.auto_post_json (t.a) -> 'b'"),
        ("AUTOPOST.Auto_Post_JSON(t.a) ->> 'b'", "{{ schema }}.auto_post_json(t.a) ->> 'b'"),
        ("coalesce(t.a, 'auto_post_json(x)')", "coalesce(t.a, 'auto_post_json(x)')"),
        ("public.auto_post_json(t.a)", "public.auto_post_json(t.a)"),
        ("my_auto_post_json(t.a)", "my_auto_post_json(t.a)"),
        ("t.auto_post_json", 't."auto_post_json"'),
    ):
        mapping = parse_mapping(f'{SMALLEST}[operation_trackers.columns]\nwhat_explanation = """{given}"""\n', "it")
        assert mapping.operations[0].columns["what_explanation"] == expected, given
