"""Why: from an answer down to the facts, in Chinese and English, as text, HTML and JSON."""

from doudi.rules.explain.phrases import in_words
from doudi.rules.explain.render import to_dict, to_html, to_text
from doudi.rules.explain.tree import Explanation, StandardNote
from doudi.rules.explain.why import why
from doudi.rules.explain.words import Lang, Words, format_value, words_for

__all__ = [
    "Explanation",
    "Lang",
    "StandardNote",
    "Words",
    "format_value",
    "in_words",
    "to_dict",
    "to_html",
    "to_text",
    "why",
    "words_for",
]
