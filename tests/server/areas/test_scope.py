"""A scope says the same to a list in Python and to either database: for codes of every length, prefixes that are none, and nines at the end."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from doudi.server.areas.models import Division
from doudi.server.lib.acting import written
from doudi.server.lib.scope import LENGTHS, Scope, after, common

DIGITS = "0124599"
codes = st.text(DIGITS, max_size=15)
prefixes = st.lists(st.text(DIGITS, max_size=12), max_size=4)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(["4512"], ["4512", "45122", "4513", "451", "45119", "45129999"])
@example(["45122"], ["4512", "45122", "451229", "45123", "45121"])
@example(["9", "4599", "45"], ["", "9", "99", "999999999999999", "8", "46", "4599", "46000"])
@example(["99", "1"], ["99", "9", "100", "0"])
@example([""], ["", "45"])
@example([], ["", "45"])
@given(prefixes, st.lists(codes, max_size=12))
def test_the_same_in_python_and_in_the_database(db: str, given_: list[str], held: list[str]) -> None:
    scope = Scope.of(given_)
    with transaction.atomic():
        Division.objects.bulk_create(
            [Division(code=c, name="x", level=len(c), since=date(2000, 1, 1)) for c in sorted(set(held))]
        )
        found = set(Division.objects.filter(scope.q("code")).values_list("code", flat=True))
        either = set(Division.objects.filter(scope.q("parent", "code")).values_list("code", flat=True))
        transaction.set_rollback(True)
    assert found == {c for c in held if scope.covers(c)}
    assert found == either, "an empty second column lies in no scope but everything"


@given(prefixes, codes)
def test_what_a_scope_covers(given_: list[str], code: str) -> None:
    scope = Scope.of(given_)
    assert scope.covers(code) == any(code.startswith(p) and (code or not p) for p in given_)
    assert not any(a != b and b.startswith(a) for a in scope.prefixes for b in scope.prefixes)
    assert scope.within(scope)
    assert scope.within(Scope.everything())


@given(prefixes, st.text(DIGITS, max_size=6), codes)
def test_narrowed_is_both(given_: list[str], inside: str, code: str) -> None:
    scope = Scope.of(given_)
    assert scope.narrowed(inside).covers(code) == (scope.covers(code) and code.startswith(inside))
    assert scope.narrowed(inside).within(scope)


@given(st.text(DIGITS, max_size=12), codes)
def test_after(prefix: str, code: str) -> None:
    end = after(prefix)
    assert code.startswith(prefix) == (code >= prefix and (not end or code < end))


def test_two_subtrees() -> None:
    scope = Scope.of(["451229103", "451228", "451228101"])
    assert scope.prefixes == ("451228", "451229103")
    assert written(scope) == "451228,451229103"
    assert scope.covers("451228101201")
    assert scope.covers("451229103")
    assert not scope.covers("451229", "451229101")
    assert scope.narrowed("451229").prefixes == ("451229103",)
    assert scope.narrowed("45").prefixes == scope.prefixes
    assert scope.narrowed("46") == Scope.nothing()


@pytest.mark.parametrize(
    ("given_", "above"),
    [
        ([], ""),
        (["451229103"], "451229103"),
        (["451229103201", "451229103299"], "451229103"),
        (["451229103", "451229105"], "451229"),
        (["451229103", "451229"], "451229"),
        (["451229", "451228"], "4512"),
        (["451229103", "451028101"], "45"),
        (["45", "46"], ""),
        (["451229", ""], ""),
    ],
)
def test_the_nearest_division_above(given_: list[str], above: str) -> None:
    assert common(given_) == common(reversed(given_)) == above


@given(st.lists(codes.filter(lambda c: len(c) in LENGTHS), min_size=1, max_size=4))
def test_no_nearer_division_is_above_all(held: list[str]) -> None:
    found = common(held)
    assert [n for n in LENGTHS if all(c[:n] == held[0][:n] and len(c) >= n for c in held)][-1] == len(found)
    assert all(c.startswith(found) for c in held)
