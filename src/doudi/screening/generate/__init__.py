"""A synthetic county or province: people who do not exist, in facts that could be anybody's.

``generate`` writes a folder of facts; ``make_part`` makes one part in memory; ``places_of`` and
``synthetic_counties`` say where people live; ``Shape`` and ``Lines`` what they are like.
"""

from doudi.screening.generate.places import places_of, synthetic_counties, townships_of
from doudi.screening.generate.population import PLANTED, Made, Pay, generate, make_part
from doudi.screening.generate.shape import HOUSEHOLDS, Lines, Shape

__all__ = [
    "HOUSEHOLDS",
    "PLANTED",
    "Lines",
    "Made",
    "Pay",
    "Shape",
    "generate",
    "make_part",
    "places_of",
    "synthetic_counties",
    "townships_of",
]
