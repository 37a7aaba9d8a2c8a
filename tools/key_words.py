"""What each key of a pack file says and takes, for the reference. Closed lists come from the readers themselves."""

from __future__ import annotations

from collections.abc import Iterable

from doudi.packs import read_lists, read_programmes, read_standards, state, targets


def _one_of(words: Iterable[str]) -> str:
    return "one of " + ", ".join(f"`{w}`" for w in words)


_DAY = "a day such as 2024-01-31"
_FROM = f"{_DAY}, the first on which this holds; since ever where not said"
_UNTIL = f"{_DAY}, the last on which this holds; open where not said"
_CITES = "list of citations"
_VERSIONS = "list of entries with their own `from` and `until`, where it changed over time; no two may hold on one day"
_EN = "the English label"
_ZH = "the Chinese name"

_DATED = {"from": _FROM, "until": _UNTIL, "cites": _CITES}
_REPLACES = "the upper pack and the mark of what it says now, `pack@mark`; copy both from what `check-pack` says"
_SHARED: dict[str, str] = {**_DATED, "en": _EN, "zh": _ZH, "versions": _VERSIONS, "replaces": _REPLACES}

_OF_CONFLICT = {
    "kind": _one_of(read_programmes.KINDS)
    + ": `bar` needs `programmes` and `by`, `higher` needs `legs`, `topup` needs `programmes` and `over`, `cumulate` needs `programmes`",
    "programmes": "list of programmes: who is barred, topped up, or goes together; all of one entity",
    "by": "list of programmes: whoever has one of these does not have `programmes`",
    "legs": "two or more lists of programmes; the leg whose sum is highest is granted, of two alike the first: `[[甲], [乙, 丙]]`",
    "over": "formula: the money above which `programmes` still pay the difference",
}
_OF_DERIVED = {
    "when": "formula: who is decided again as a household of one",
    "settles": "a truth of the household: where the household of one has it, that is where the person is decided",
    "counts_in_original": "是 or 否: whether the person still counts in the household",
}
_OF_PROGRAMME = {
    "conditions": "list, the plainest first; all must hold. None at all is refused: write `是` if everybody is meant",
    "amount": "formula that gives money for one `period`; without it, the programme is a standing and pays nothing",
    "funding": "list of who bears the cost; the first whose `when` holds counts",
}
_OF_RULE = {
    "formula": "formula of the rule's `type`",
    "assessed": "是 where the value is an estimate by an area standard, not what was declared; the explanation says so",
}

KEY_WORDS: dict[str, dict[str, str]] = {
    "A pack": {
        "name": "the folder's name",
        "area": "the division that the pack is for; the whole country where not said",
        "parents": "list of the packs above, `[national]` for nearly everybody; of two that differ the later counts",
        "documents": "short name: a document, for every document that is cited",
    },
    "A document": {"status": _one_of(state.STATUSES) + ": its text was checked, cited from knowledge, made up to show"},
    "An entity": {
        "file": "file of its facts, in ASCII",
        "of": "the entity that its rows belong to; only the household has none",
        "table": "name of the table in formulas, the entity's own where not said",
        "kind": "the fact by which completeness may be said of part of the table",
        "max_rows": "the most rows that one parent can have",
    },
    "A view": {"of": "the entity", "formula": "truth: which of its rows are in"},
    "A category": {
        "values": "value: English label, in order; the order is what `<` and `≤` go by",
        "adds": "value: English label, put at the end of a list that a pack above declares",
    },
    "An area": {
        "code": "2, 4, 6, 9 or 12 digits in quotes: province, city, county, township, village",
        "members": "list of divisions or other sets, for a set of divisions",
        "adds": "list of codes under which an area that a pack above declares goes on",
    },
    "A fact": {
        "type": "`金额`, `比例`, `整数`, `整数 岁` (or another unit), `日期`, `是否`, `地区` or `类别 X`",
        "min": "what it is at least, known or not; for money, numbers and dates",
        "max": "what it is at most",
        "help": "one line for whoever fills in the ledger",
        "help_en": "the same in English",
    },
    "A standard": {
        "type": "as for a fact",
        "form": _one_of(read_standards.FORMS)
        + ": one value; the band that a number falls in; each slice at its own rate",
        "x": "type of the number that is banded, such as `整数 岁`",
        "kind": "`standard`; `target` for averages and plans, `floor` for what others must not go below: never looked up for a household",
        "look_up": "where and by what it is looked up; one for the whole country where not said",
        "min": "what it is at least, whatever happens; all that is known where there is no value",
        "max": "what it is at most",
        "values": "list of values; a lower pack writes nothing else",
    },
    "look_up": {
        "area": "a fact or rule that gives a division, such as `户.户籍地` or `医疗.就医地`",
        "match": "`nearest` (as a rule): from the village up to the first level with a value; `exact`: only the one `level`",
        "level": "with `exact`: " + _one_of(read_standards.LEVELS),
        "by": "a fact or rule that gives a value of a closed list, such as `户.城乡`; each value may then have its own",
    },
    "A value of a standard": {
        "area": "the division that it is for; the pack's own where not said",
        "review_by": f"{_DAY}, the last on which it may be used before somebody looks again; past it, it is unknown",
        "value": "the value with its unit; with `by`, a table `{城市: 800 元, 农村: 500 元}`",
        "bands": "lower end: value, ascending: `{75: 60 元, 85: 120 元}`; the end itself is in the band",
        "below": "what holds below the first band",
        "mode": "`raise`: the higher of this and what the packs above have; otherwise this takes its place",
    },
    "A rule": {
        "type": "as for a fact",
        "min": "what it is at least, where that is sure and the formula does not show it",
        "max": "what it is at most",
        **_OF_RULE,
    },
    "A version of a rule": _OF_RULE,
    "A programme": {
        "of": "the entity that is due it, 户 or 人",
        "period": "how often it is paid: " + _one_of(read_programmes.PERIODS),
        "group": "any word; programmes of one group stand together",
        "rank": "number; lower ones are shown first, 100 where not said",
        "apply": "`{zh: …, en: …}`: where to apply",
        "papers": "list of `{zh: …, en: …}`: what to bring",
        "received": "formula: what is drawn now, to be held against what is due",
        **_OF_PROGRAMME,
    },
    "A version of a programme": _OF_PROGRAMME,
    "A condition": {
        "formula": "truth; in quotes where it has a comma and stands between braces",
        "zh": "what it asks, in Chinese, as the applicant reads it",
    },
    "Funding": {
        "shares": "who bears it: formula that gives money, or `其余` for who bears the rest; nobody bears more than is left",
        "when": "truth: for whom this holds; for everybody where not said",
    },
    "A conflict": _OF_CONFLICT,
    "A version of a conflict": _OF_CONFLICT,
    "A derived household": {"of": "whose household of one it is, 人", **_OF_DERIVED},
    "A version of a derived household": _OF_DERIVED,
    "A measure": {
        "group": _one_of(read_lists.GROUPS),
        "classes": "list of classes of households or people for whom it is open",
        "formula": "truth: who of them, where not all",
        "sum": "how much, in words",
        "sum_en": "the same in English",
    },
    "screening.yaml": {
        "class": "the household's class, a value by which the county is counted",
        "person_class": "the person's class",
        "area": "the household's division",
        "headcount": "how many people the household counts",
        "total": "what the household is paid in all",
        "person_total": "the part of it that is a member's own: it is exchanged for what a household of one is paid",
        "lists": "name: a list",
    },
    "A list": {"of": "the entity", "when": "a truth: who is on it", "show": "list of values to show"},
    "A source": {
        "zh": "its official name in Chinese",
        "en": "its name in English",
        "rank": "1 to 99: of two values that differ the one with the lower rank counts; of one rank neither, the fact is unknown",
    },
    "How a target is measured": {
        "share": f"what counts as reached, one or more: {_one_of(targets.FIGURES)}",
        "of": "what it is a share of, in the same words",
        "programmes": "of which programmes; none named: all",
    },
    "A ledger": {"zh": "its official name in Chinese", "of": "the entity that stands on it: households or people"},
    "A file of questions": {
        "sections": "name: a part of the questions",
        "questions": "`实体.事实` or `实体.表`: how it is asked for; a lower pack's takes the place of the upper one's",
        "taken": "`实体.事实`: what is never asked but taken to be so of everybody who asks, and said so",
    },
    "A part of the questions": {"en": "its English name"},
    "A question": {
        "zh": "the question in Chinese; `{who}` stands for the row, `{since}` for the day from which it is asked",
        "en": "the same in English",
        "section": "the part that it belongs to",
        "rank": "its place in the order of questions",
        "hint_zh": "a hint below it, in Chinese",
        "hint_en": "the same in English",
        "who_zh": "the question asked of all rows at once (“who of you …?”), in Chinese",
        "who_en": "the same in English",
        "ticked": "the value of those that are ticked; where it is left out a truth is 是, anything else is asked one by one",
        "rest": "the value of the others: as written, `户.事实` for the household's own, or 无 for a table without rows",
        "fields": "of a table: the facts that are asked when a row is added",
        "kinds": "of a table: the category fact of which every value is asked for at once",
        "since": "of a table: a day of the household from which rows are asked for",
        "dated": "of a table: the fact that lies between that day and today",
        "names": "of a table: the facts by which a row is called",
        "ways": "of a table: the ways of adding a row",
        "options": "value: plainer words for it",
    },
    "A way of adding": {
        "zh": "its name in Chinese",
        "en": "the same in English",
        "sets": "fact: what goes without saying of such a row",
    },
    "What is taken": {
        "value": "as written, or 基准日 for the day",
        "zh": "how that is said, in Chinese",
        "en": "the same in English",
    },
    "A text": {"zh": "in Chinese", "en": "in English"},
    "A file of desks": {
        "programmes": "programme: where it is applied for",
        "groups": "group of programmes: where they are applied for",
    },
    "A desk": {
        "apply": "where one goes",
        "papers": "list of what one brings",
        "cites": "list of citations; without any it is shown as a demonstration",
    },
    "clauses.yaml": {"document": "what it is", "clauses": "list of its clauses"},
    "The document": {
        "short": "its short name in `pack.yaml`",
        "title": "its full title",
        "issuer": "who issued it",
        "date": "when, in quotes; may be left empty",
        "posted": "when it was made public",
        "unit_names": "short name: full name of a unit",
        "issuer_en": "who issued it, in English",
        "unclear": "list of what the text leaves open, each in both languages: `{zh: …, en: …}`",
    },
    "What is unclear": {"zh": "in Chinese"},
    "English names": {
        "groups": "group of programmes: its English",
        "units": "unit of a clause: its English",
        "payers": "who bears a share of the cost: its English",
        "clauses": "heading by which a document without `clauses.yaml` is cited: its English; numbers need none",
    },
    "A clause": {
        "clause": "its number, as it is cited",
        "says": "what it says, in your own words",
        "kind": _one_of(read_lists.CLAUSE_KINDS),
        "status": "`clear` or `unclear`: whether the text leaves no doubt",
        "implemented_by": "list of what does it, such as `规则:户.人均月收入`, or `not yet`; the kind is "
        + _one_of(read_lists.REFERENCES),
        "units": "list of the units responsible, the lead first",
        "due": "by when: `2020`, `2020-03` or `2020-03-31`",
        "every": _one_of(read_lists.EVERY) + ": how often",
        "figures": "list of the figures in it",
        "rows": "list of the rows of a table in it",
        "note": "what else a reader should know",
        "note_en": "the same in English",
    },
    "A figure": {
        "what": "of what",
        "value": "as it is written",
        "kind": _one_of(read_lists.FIGURE_KINDS),
        "year": "of which year",
    },
    "A file of cases": {
        "templates": "name: facts that a row takes over by `template: name`",
        "cases": "list of cases",
    },
    "A case": {
        "case": "its name",
        "why": "the arithmetic in words",
        "en": "its name in English",
        "why_en": "the arithmetic in English",
        "as_of": _DAY,
        "household": "facts and linked rows; `称呼` names a person; `齐全` lists the complete tables, or `全部`",
        "expect": "name: what must come out, of the household (`低保: 符合`) or of a person by their 称呼 (`老人: {营养补助: 符合}`); `缺` lists what is missing",
        "month": "the first of the month decided for; that of `as_of` where not said",
    },
    "A survivor": {
        "rule": "as `check-pack --mutate` prints it",
        "mutation": "as it prints it",
        "reason": "why no case can notice",
    },
    "A citation": {
        "document": "short name of a document in `pack.yaml`, of this pack or one above",
        "clause": "which clause of it",
        "status": "where it is worse than the document's own",
    },
}
"""By what the readers call the table, then by key. What is the same everywhere stands in ``_SHARED``."""


def told(table: str, key: str) -> str:
    """What the key says; KeyError where nobody has written it down."""
    return KEY_WORDS.get(table, {}).get(key) or _SHARED[key]
