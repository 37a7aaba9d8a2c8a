"""What the tutorials say can be done, step by step, and each step has its picture in both languages."""

from __future__ import annotations

import struct

import pytest

from doudi.server.accounts.roles import roles
from doudi.server.web.help.tutorials import LANGUAGES, PICTURES, Tutorial, tutorials
from doudi.server.web.help.walking import walk
from tests.server.web.browser import DESK, PHONE, Site, faults


@pytest.mark.parametrize("tutorial", tutorials(), ids=lambda t: t.code)
def test_a_tutorial_can_be_followed(site: Site, tutorial: Tutorial) -> None:
    with site.visit(tutorial.role.upper(), size=PHONE if tutorial.phone else DESK) as page:
        for step in tutorial.steps:
            walk(page, step)
            assert not faults(page), step.name


def test_every_step_has_its_pictures_and_no_picture_is_left_over() -> None:
    wanted = {s.picture(t.code, language) for t in tutorials() for s in t.steps for language in LANGUAGES}
    there = {p.name for p in PICTURES.glob("*.png")}
    assert wanted == there, "run tools/screenshots.py"
    for name in there:
        head = (PICTURES / name).read_bytes()[:24]
        assert head[:8] == b"\x89PNG\r\n\x1a\n"
        width, height = struct.unpack(">II", head[16:24])
        assert width >= 360
        assert height >= 360


def test_tutorials_are_for_roles_that_there_are() -> None:
    assert len(tutorials()) >= 3
    assert {t.role for t in tutorials()} <= roles().roles.keys()
