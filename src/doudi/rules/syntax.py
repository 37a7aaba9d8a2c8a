"""The grammar: tokens to a plain tree (no types yet). The grammar itself is lark's; spans point into the formula's text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args
from lark.lexer import Lexer

from doudi.rules import advice
from doudi.rules.declared import Text
from doudi.rules.faults import Fault
from doudi.rules.lexer import Lexeme, LexError, Lexicon, normalise

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Num:
    text: str
    unit: str
    span: Span


@dataclass(frozen=True, slots=True)
class Day:
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Word:
    """A literal word of the language: TRUE, FALSE, AS_OF, MONTH, THIS_MONTH, ROUND_UNIT (its ``text`` says which), or a TEXT reason."""

    kind: str
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Name:
    """``parts`` is one name, or an entity or table and a name."""

    parts: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Call:
    function: str
    written: str
    args: tuple[Tree, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Binary:
    op: str
    a: Tree
    b: Tree
    span: Span


@dataclass(frozen=True, slots=True)
class Unary:
    op: str
    x: Tree
    span: Span


@dataclass(frozen=True, slots=True)
class Choice:
    c: Tree
    a: Tree
    b: Tree
    span: Span


@dataclass(frozen=True, slots=True)
class Set:
    """``x 属于 (甲, 乙)``."""

    x: Tree
    items: tuple[Tree, ...]
    span: Span


Tree = Num | Day | Word | Name | Call | Binary | Unary | Choice | Set

GRAMMAR = r"""
?start: expr
?expr: or_ | IF expr THEN expr ELSE expr -> choice
?or_: and_ | or_ OR and_ -> binary
?and_: not_ | and_ AND not_ -> binary
?not_: comparison | NOT not_ -> unary
?comparison: add
    | add (LT | LE | GT | GE | EQ | NE) add -> binary
    | add IN LPAR items RPAR -> among
    | add IN NAME -> among_one
    | add WITHIN add -> binary
items: expr (COMMA expr)*
?add: mul | add (PLUS | MINUS) mul -> binary
?mul: unary_ | mul (TIMES | DIVIDE) unary_ -> binary
?unary_: at | MINUS unary_ -> unary
?at: primary | primary AT primary -> binary
?primary: NUMBER -> number
    | NUMBER UNIT -> number
    | NUMBER PERCENT -> number
    | DATE -> day
    | (TRUE | FALSE | AS_OF | MONTH | THIS_MONTH | ROUND_UNIT | TEXT) -> word
    | NAME -> name
    | NAME DOT NAME -> qualified
    | FUNCTION LPAR items RPAR -> call
    | LPAR expr RPAR -> group
%declare IF THEN ELSE OR AND NOT LT LE GT GE EQ NE IN WITHIN PLUS MINUS TIMES DIVIDE AT NUMBER UNIT PERCENT DATE
%declare TRUE FALSE AS_OF MONTH THIS_MONTH ROUND_UNIT TEXT NAME DOT FUNCTION LPAR RPAR COMMA
"""

_SAID = {
    "IF": "如果", "THEN": "则", "ELSE": "否则", "OR": "或", "AND": "且", "NOT": "非", "IN": "属于", "WITHIN": "在", "AT": "于",
    "RPAR": ")", "LPAR": "(", "COMMA": ",", "DOT": ".", "NAME": "名称", "NUMBER": "数", "UNIT": "单位", "$END": "公式结束",
    "PLUS": "+", "MINUS": "-", "TIMES": "×", "DIVIDE": "÷", "LT": "<", "GT": ">", "LE": "≤", "GE": "≥", "EQ": "=", "NE": "≠",
}  # fmt: skip
_EXPECT = ("THEN", "ELSE", "RPAR", "COMMA", "LPAR", "DOT", "NAME", "NUMBER")
_MOST_DEPTH = 40
_MOST_LAYERS = 100


class _Ready(Lexer):
    """Hands lark the lexemes that we have already cut."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]
        for x in data:
            yield Token(x.kind, x.text, start_pos=x.start, end_pos=x.end)


def _span(tree: Tree) -> Span:
    return tree.span


@v_args(inline=True)
class _Build(Transformer[Token, Tree]):
    def choice(self, word: Token, c: Tree, _then: Token, a: Tree, _else: Token, b: Tree) -> Tree:
        return Choice(c, a, b, (_start(word), _span(b)[1]))

    def binary(self, a: Tree, op: Token, b: Tree) -> Tree:
        return Binary(op.type, a, b, (_span(a)[0], _span(b)[1]))

    def unary(self, op: Token, x: Tree) -> Tree:
        return Unary(op.type, x, (_start(op), _span(x)[1]))

    def items(self, *parts: Any) -> tuple[Tree, ...]:
        return tuple(p for p in parts if not isinstance(p, Token))

    def among(self, x: Tree, _in: Token, _l: Token, items: tuple[Tree, ...], end: Token) -> Tree:
        return Set(x, items, (_span(x)[0], _end(end)))

    def among_one(self, x: Tree, _in: Token, name: Token) -> Tree:
        return Set(x, (Name((str(name),), (_start(name), _end(name))),), (_span(x)[0], _end(name)))

    def number(self, value: Token, unit: Token | None = None) -> Tree:
        return Num(str(value), str(unit or ""), (_start(value), _end(unit or value)))

    def day(self, token: Token) -> Tree:
        return Day(str(token), (_start(token), _end(token)))

    def word(self, token: Token) -> Tree:
        return Word(token.type, str(token).strip('"“”'), (_start(token), _end(token)))

    def name(self, token: Token) -> Tree:
        return Name((str(token),), (_start(token), _end(token)))

    def qualified(self, entity: Token, _dot: Token, name: Token) -> Tree:
        return Name((str(entity), str(name)), (_start(entity), _end(name)))

    def call(self, function: Token, _l: Token, items: tuple[Tree, ...], end: Token) -> Tree:
        from doudi.rules.lexer import FUNCTIONS

        return Call(FUNCTIONS[str(function)], str(function), items, (_start(function), _end(end)))

    def group(self, _l: Token, x: Tree, _r: Token) -> Tree:
        return x


def _start(token: Token) -> int:
    return int(token.start_pos or 0)


def _end(token: Token) -> int:
    return int(token.end_pos or 0)


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer=_Ready, transformer=_Build(), propagate_positions=False)


def parse(text: Text, lexicon: Lexicon) -> Tree | Fault:
    """The tree of a formula, or the one fault that keeps it from being read: an unknown word, bad syntax, or two possible meanings."""
    source = normalise(text.source)
    known = lexicon.trees.get(source)
    if known is None:
        known = _parse(text, source, lexicon)
        if not isinstance(known, Fault):
            lexicon.trees[source] = known
    return cast(Tree | Fault, known)


def _parse(text: Text, source: str, lexicon: Lexicon) -> Tree | Fault:
    if not source.strip():
        return Fault(text.where, "empty-formula", "公式是空的", "The formula is empty")
    if _depth(source) > _MOST_DEPTH:
        return Fault(
            text.where,
            "too-deep",
            f"括号套了 {_MOST_DEPTH} 层以上；请拆成几个有名字的中间结果",
            f"Parentheses are nested deeper than {_MOST_DEPTH}; name some parts as rules of their own",
        )
    readings = lexicon.readings(source, text.where)
    try:
        greedy = next(readings)
    except LexError as error:
        # the lexer counts characters from the start of the formula, which may stand on several lines
        return replace(error.fault, where=text.at(error.fault.where.column - text.where.column))
    trees: list[tuple[Tree, list[Lexeme]]] = []
    first: UnexpectedInput | None = None
    for lexemes in chain([greedy], readings):
        try:
            trees.append((_parser().parse(lexemes), lexemes))  # type: ignore[arg-type]
        except UnexpectedInput as error:
            first = first or error
        if len(trees) > 1:
            break
    if not trees:
        assert first is not None
        return _syntax_fault(text, source, first)
    if len(trees) > 1 or trees[0][1] is not greedy:
        one, two = (" ".join(x.text for x in lexemes) for lexemes in (greedy, trees[-1][1]))
        return Fault(
            text.where,
            "ambiguous-name",
            f"这个公式有两种读法：“{one}”和“{two}”；请加空格或改名",
            f"The formula can be read as “{one}” or as “{two}”; put spaces or rename",
        )
    if _tall(trees[0][0]):
        return Fault(
            text.where,
            "too-deep",
            f"公式一层套一层超过了 {_MOST_LAYERS} 层；请拆成几个有名字的中间结果",
            f"The formula is nested deeper than {_MOST_LAYERS} levels; name some parts as rules of their own",
        )
    return trees[0][0]


def _tall(tree: Tree) -> bool:
    """Whether the tree has more levels than whoever walks it should have to bear: a long sum is as deep as it is long."""
    level: list[Tree] = [tree]
    for _ in range(_MOST_LAYERS):
        below: list[Tree] = []
        for t in level:
            match t:
                case Call(args=args):
                    below += args
                case Binary(a=a, b=b):
                    below += (a, b)
                case Unary(x=x):
                    below.append(x)
                case Choice(c=c, a=a, b=b):
                    below += (c, a, b)
                case Set(x=x, items=items):
                    below += (x, *items)
        if not below:
            return False
        level = below
    return True


def _depth(source: str) -> int:
    depth = most = 0
    for c in re.sub(r'"[^"]*"|“[^”]*”', "", source):
        depth += (c == "(") - (c == ")")
        most = max(most, depth)
    return most + source.count("非非非非")


def _syntax_fault(text: Text, source: str, error: UnexpectedInput) -> Fault:
    if not isinstance(error, UnexpectedToken):
        return Fault(text.where, "syntax", "公式写法不对", "The formula cannot be read")
    token = error.token
    expected = [_SAID[k] for k in _EXPECT if k in (error.accepts or error.expected)]
    zh_tail = f"；这里应当是 {'、'.join(expected)}" if expected else ""
    en_tail = f"; expected {', '.join(expected)}" if expected else ""
    if token.type == "$END":
        where = text.at(len(source.rstrip()))
        return Fault(where, "syntax", f"公式没有写完{zh_tail}", f"The formula stops too early{en_tail}")
    zh, en = advice.operator_again(str(token), source[_start(token) - 1 : _start(token)])
    return Fault(
        text.at(_start(token)),
        "syntax",
        f"这里不该出现“{token}”{zh_tail}{zh}",
        f"“{token}” is not expected here{en_tail}{en}",
    )
