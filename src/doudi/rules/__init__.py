"""The rules language of Doudi, usable as a library of its own: text in, decisions out; no files, no clock, no database.

Three steps::

    book = Book(...)                                  # what is declared, as text (doudi.packs reads one from a folder)
    rules = compile_book(book, as_of=date(2024, 7, 1))  # typed, ordered and bounded; raises Faults with every fault at once
    decision = decide(rules, household)               # doudi.rules.scalar: one household, everything recorded
    results = decide_tables(rules, tables)            # doudi.rules.block: whole populations, Arrow in and out

``doudi.rules.explain`` says why. Money is whole fen, unknown is an interval, dates are passed in.
"""

from doudi.rules.compile import compile_book
from doudi.rules.declared import Book
from doudi.rules.faults import Fault, Faults, Where
from doudi.rules.review import check_book, turning_points
from doudi.rules.ruleset import Ruleset
from doudi.rules.types import Kind, Type

__all__ = [
    "Book",
    "Fault",
    "Faults",
    "Kind",
    "Ruleset",
    "Type",
    "Where",
    "check_book",
    "compile_book",
    "turning_points",
]
