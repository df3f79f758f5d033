"""What variables stand for, and what is said of those that stand for nothing."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.fake_clock import FakeClock
from wirescope.errors import UnknownVariableError, UsageError
from wirescope.workbench.workspace import Resolver, Span


def resolver(variables=None, secrets=None):
    given = secrets or {}
    return Resolver(
        variables or {},
        secrets=tuple(given),
        secret=given.get,
        clock=FakeClock(),
        random=Random(7),
    )


def text(template, variables=None, **more):
    return resolver(variables, **more).text(template, where="url")


@given(st.text())
def test_a_text_without_variables_stays_as_it_is(template):
    if "{{" not in template:
        assert text(template) == template


@pytest.mark.parametrize("template", ["{{a}}", "{{ a }}", "{{\ta}}"])
def test_blanks_around_a_name_do_not_matter(template):
    assert text(template, {"a": "1"}) == "1"


@pytest.mark.parametrize("template", ["{a}", "{{}}", "{{1}}", "{{a b}}", "{{a", '{{"a":1}}'])
def test_what_is_no_name_is_left_alone(template):
    assert text(template, {"a": "1"}) == template


def test_values_may_hold_variables():
    variables = {"base": "wss://{{host}}:{{port}}", "host": "h", "port": "1"}
    assert text("{{base}}/x", variables) == "wss://h:1/x"


def test_variables_that_lead_to_themselves_are_named():
    with pytest.raises(UsageError, match="lead to themselves: a → b → a"):
        text("{{a}}", {"a": "{{b}}", "b": "{{a}}"})


def test_variables_within_variables_end_at_a_depth():
    with pytest.raises(UsageError, match="go deeper than 10"):
        text("{{v0}}", {f"v{n}": f"{{{{v{n + 1}}}}}" for n in range(99)} | {"v99": ""})


def test_variables_that_multiply_are_stopped():
    variables = {f"v{n}": f"{{{{v{n + 1}}}}}" * 10 for n in range(9)} | {"v9": "x" * 100}
    with pytest.raises(UsageError, match="too long"):
        text("{{v0}}", variables)


def test_an_unknown_variable_is_named_with_its_place_and_the_way_to_it():
    with pytest.raises(UnknownVariableError, match="'b', which url uses through a") as caught:
        text("{{a}}", {"a": "{{b}}"})
    assert (caught.value.name, caught.value.where) == ("b", "url")


def test_a_secret_without_a_value_is_said_to_be_one():
    with pytest.raises(UnknownVariableError, match="The secret 'key'"):
        text("{{key}}", secrets={"key": None})


def test_a_secret_goes_before_a_variable_of_its_name():
    assert text("{{key}}", {"key": "visible"}, secrets={"key": "hidden"}) == "hidden"


def test_the_value_of_a_secret_is_not_read_for_variables():
    assert text("{{key}}", {"a": "1"}, secrets={"key": "p{{a}}"}) == "p{{a}}"


def test_only_secrets_that_were_used_are_told():
    used = resolver(secrets={"one": "first", "two": "second"})
    used.text("{{one}}{{one}}", where="url")
    assert used.used_secrets == ("first",)


def test_parts_say_what_they_came_from():
    resolved = resolver({"a": "x{{key}}"}, {"key": "s"}).resolve("p {{a}} {{$timestamp}}", where="")
    assert resolved.spans == (
        Span("p ", "literal"),
        Span("x", "variable", "a"),
        Span("s", "secret", "a"),
        Span(" ", "literal"),
        Span("1700000000", "built-in", "$timestamp"),
    )


def test_a_preview_asks_for_no_secret_and_keeps_what_has_no_value():
    seen = resolver({"a": "x{{b}}"}, {"key": None})
    shown = seen.preview("{{a}} {{key}} {{$guid}}", where="url")
    assert shown.spans == (
        Span("x", "variable", "a"),
        Span("{{b}}", "unknown", "b"),
        Span(" ", "literal"),
        Span("••••••", "secret", "key"),
        Span(" ", "literal"),
        Span("{{$guid}}", "unknown", "$guid"),
    )
    assert seen.used_secrets == ()


def test_built_ins_come_from_the_clock_and_the_generator():
    shown = text("{{$timestamp}} {{$iso_time}} {{$uuid}} {{$random_int}}").split()
    expected = Random(7)
    assert shown[:2] == ["1700000000", "2023-11-14T22:13:20.000Z"]
    assert shown[2][14] == "4"
    expected.getrandbits(128)
    assert shown[3] == str(expected.randrange(1000))


def test_an_unknown_built_in_is_told_with_those_there_are():
    with pytest.raises(UnknownVariableError, match=r"\$guid") as caught:
        text("{{$guid}}")
    assert "$uuid" in caught.value.hint
