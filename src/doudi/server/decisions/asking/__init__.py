"""A family asks for itself what it may get: what it told so far, what is asked next, what the rules answer.

Nothing here reads or writes the database, and nothing is kept: answers come in with a request and go out with its page.
"""

from doudi.server.decisions.asking.asks import Ask, Standing, find_ask, stand
from doudi.server.decisions.asking.link import read, write
from doudi.server.decisions.asking.replies import Complaint, reply
from doudi.server.decisions.asking.results import Line, Result, results
from doudi.server.decisions.asking.told import Answers, Told

__all__ = [
    "Answers", "Ask", "Complaint", "Line", "Result", "Standing", "Told", "find_ask", "read", "reply", "results", "stand", "write",
]  # fmt: skip
