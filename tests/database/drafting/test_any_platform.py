"""Whatever a database holds, a draft is a file that autopost reads, or names what a person must decide."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from autopost.database.drafting.draft import draft
from autopost.database.drafting.snapshot import Column, Kind, Reference, Snapshot, Table
from autopost.database.drafting.toml import to_toml
from autopost.database.drafting.words import word_set
from autopost.database.mapping_file import parse_mapping
from autopost.errors import ConfigurationError
from tests.support.thoroughness import examples

WORDS = (
    *sorted(word_set("agent run status state id user order parent type what result error started at ended success")),
    *sorted(word_set("flow name version tenant kind select audit log post content author details null t task mode")),
    *("level", "key", "value", "größe", "my col", "it's", 'a"b', "$$", "{{ x }}", "\n", "\\"),
)
TEXTS = (
    *sorted(word_set("completed FAILED done 1 2 debug $$ null true 1767225600 2026-01-01 jane@example.com student")),
    *("", "{{ y }}", "it's", 'say "x"', "\\", "\n", "[1, 2]", '"a text of words"', "\x00\x01"),
    '{"text": "Sold ten shoes today"}',
    '{"{{": "a b c", "it\'s": {"text$$": "a b c d"}}',
)

names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map("_".join)


@st.composite
def columns(draw: st.DrawFn) -> Column:
    """Return any column."""
    kind = draw(st.sampled_from(list(Kind)))
    labels = tuple(draw(st.lists(st.sampled_from(TEXTS), max_size=4, unique=True))) if kind is Kind.ENUM else ()
    return Column(
        name=draw(names),
        kind=kind,
        type=str(kind),
        not_null=draw(st.booleans()),
        is_filled=draw(st.booleans()),
        labels=labels,
        comment=draw(st.sampled_from(("", "1 = done, 2 = failed", "{{ z }} $$"))),
    )


@st.composite
def platforms(draw: st.DrawFn) -> Snapshot:
    """Return any database."""
    tables: list[Table] = []
    for name in ["agent_run", *draw(st.lists(names.filter(lambda name: name != "agent_run"), max_size=4, unique=True))]:
        own = draw(st.lists(columns(), min_size=1, max_size=9, unique_by=lambda column: column.name))
        if name == "agent_run":  # else most databases hold no operations, and nothing is drafted
            own = [*(column for column in own if column.name != "status"), Column("status", Kind.TEXT)]
        chosen = st.lists(st.sampled_from([column.name for column in own]), max_size=2, unique=True)
        key = tuple(draw(chosen))
        references: tuple[Reference, ...] = ()
        if tables and (there := draw(st.sampled_from(tables))).keys:
            here = (draw(st.sampled_from(own)).name,)
            references = (Reference(here, there.qualified, there.keys[0][:1]),)
        values = st.sampled_from((None, *TEXTS))
        row = st.fixed_dictionaries({column.name: values for column in own})
        sample = tuple(draw(st.lists(row, max_size=4)))
        tables.append(
            Table("public", name, tuple(own), keys=(key,) if key else (), references=references, sample=sample)
        )
    return Snapshot("platform", tuple(tables))


@settings(max_examples=examples(50))
@given(platforms())
def test_draft_of_any_platform_is_read_or_must_be_decided(snapshot: Snapshot) -> None:
    """Names and values of any kind never break the file."""
    try:
        made = draft(snapshot)
    except ConfigurationError as error:
        assert "looks like operations" in str(error)  # noqa: PT017
        return
    try:
        parse_mapping(to_toml(made), "draft")
    except ConfigurationError as error:
        problems = str(error).splitlines()[1:]
        assert [problem for problem in problems if "not decided yet" not in problem] == []
