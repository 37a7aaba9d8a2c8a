"""The index of policy: what is in force, every programme, and a search over all names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from doudi.server.lib.actor import Actor
from doudi.server.policybook.browse import shipped
from doudi.server.policybook.browse.programmes import cards, groups
from doudi.server.policybook.browse.search import entries, find
from doudi.server.policybook.selectors import in_force, setting_differs
from doudi.server.web.fields import Field, Option
from doudi.server.web.policy.frame import area_field, asked, day_field, shown, way
from doudi.server.web.signed_in import signed_in
from doudi.server.web.words import T

KINDS = {
    "programme": T("项目", "Programme"), "standard": T("标准", "Standard"), "measure": T("帮扶措施", "Measure"), "term": T("名称", "Name"),
    "category": T("类别", "Category"), "table": T("表", "Table"), "conflict": T("冲突规定", "Conflict"), "derived": T("另立户", "Household of one"),
}  # fmt: skip


@signed_in
@require_safe
def index(request: HttpRequest, by: Actor) -> HttpResponse:
    """Found names where something is sought, else all programmes by group."""
    page = asked(request, by)
    wanted = request.GET.get("q", "").strip()[:60]
    found = [(KINDS[ref.kind], ref) for ref in find(page.shelf, wanted)] if wanted else []
    texts = in_force(by)
    now = next((t for t in texts if t.since is None or t.since <= page.on), None)
    return shown(
        request, "home", page,
        {
            "wanted": wanted, "found": found, "groups": groups(cards(page.shelf)), "texts": texts, "now": now,
            "fields": [day_field(page.on), area_field(by, page.shelf, page.area, page.on), _packs(page.carry.get("pack", ""))],
            "other": bool(page.carry.get("pack")), "differs": setting_differs(page.on), "way": [],
            "pack": page.shelf.pack, "drafts": by.allows("standards.draft"),
        },
    )  # fmt: skip


def _packs(chosen: str) -> Field:
    """The text in force, or a pack that comes with Doudi and is only looked at."""
    others = (Option(name, name, name) for name in shipped())
    return Field(
        "pack",
        "哪个规则包",
        "Which pack",
        "choice",
        value=chosen,
        options=(Option("", "现行的", "The one in force"), *others),
    )


@signed_in
@require_safe
def names(request: HttpRequest, by: Actor) -> HttpResponse:
    """All facts and rules, by what they are of."""
    page = asked(request, by)
    s = page.shelf
    rows = []
    for e in s.book.entities:
        own = [x for x in entries(s) if x.kind == "term" and x.entity == e.name]
        facts = {f.name for f in s.book.facts if f.entity == e.name}
        rows.append(
            (
                s.ref("table", e.table or e.name) if e.of else None,
                T(e.name, e.en),
                [s.ref("term", x.name, e.name) for x in own if x.name in facts],
                [s.ref("term", x.name, e.name) for x in own if x.name not in facts],
            )
        )
    more = {"rows": rows, "categories": [s.ref("category", c.name) for c in s.book.categories], "way": way(page)}
    return shown(request, "names", page, more)
