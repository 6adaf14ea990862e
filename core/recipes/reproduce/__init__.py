"""The texts' experiments run again: what each text claims beside what is measured here and now.

`REPRODUCTIONS` maps an id to a function of (quick, load) that returns one row. Each file of this package
holds the ROWS of one kind of experiment; to add some, write a file with a ROWS and add it below.
"""

from core.recipes.reproduce import attack, descent, image, language, race, regression, training
from core.recipes.reproduce.row import Reproduction

REPRODUCTIONS: dict[str, Reproduction] = {
    **training.ROWS,
    **descent.ROWS,
    **race.ROWS,
    **image.ROWS,
    **attack.ROWS,
    **regression.ROWS,
    **language.ROWS,
}
