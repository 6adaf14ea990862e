"""`language-gru` and `language-gru-stem`: the course project's network on words, beside simpler ways."""

import time
from collections.abc import Sequence

from core.config.language import WordsConfig
from core.config.proportion import proportion
from core.formatting import percent
from core.lessons.language.contest import NAMES, TITLES, Name, cell_config, compare, train_cell
from core.models.paired_test import paired
from core.recipes.reproduce.row import Load, Reproduction, Row, interval, row
from core.recipes.texts import recipe

SEEDS: Sequence[int] = (0, 1, 2)
#: A quick version: few words, one epoch, one seed; it only checks that everything runs.
QUICK_WORDS = 300
TEXT = recipe("language-gru").reported or 0.0


def language_gru(quick: bool, load: Load) -> Row:
    """Random division: the GRU over seeds, the other four ways once; the GRU by stem once."""
    started = time.perf_counter()
    division, epochs, seeds = _size("random", quick)
    values, others = _scores(division, epochs, seeds)
    by_stem, _, _ = _size("stem", quick)
    strangers = train_cell(cell_config(recipe("language-gru").config, "gru", by_stem, epochs=epochs), "gru").score
    mean = sum(values) / len(values)
    return row(
        "language-gru",
        claim=recipe("language-gru").claim,
        measured=mean,
        unit="accuracy on test words kept at random (fraction, mean over seeds)",
        seeds=seeds,
        started=started,
        holds=None,
        rule="undecided: the course project names neither its languages nor its words, so its number is a yardstick; "
        f"`reaches` says whether the mean is at least {percent(TEXT, 2)}",
        reaches=None if quick else mean >= TEXT,
        values=values,
        ci95=_ci95(values, division),
        by_stem={"accuracy": strangers.accuracy, "ci95": list(strangers.ci95), "n": strangers.n},
        others=others,
        epochs=epochs or recipe("language-gru").config.train.epochs,
        data="words",
    )


def language_gru_stem(quick: bool, load: Load) -> Row:
    """Division by stem: the GRU over seeds, the other four ways once."""
    started = time.perf_counter()
    division, epochs, seeds = _size("stem", quick)
    values, others = _scores(division, epochs, seeds)
    return row(
        "language-gru-stem",
        claim=None,
        measured=sum(values) / len(values),
        unit="accuracy on test words of stems never trained on (fraction, mean over seeds)",
        seeds=seeds,
        started=started,
        holds=None,
        rule="undecided: the course project reports no number for this split, which is ours",
        values=values,
        ci95=_ci95(values, division),
        others=others,
        epochs=epochs or recipe("language-gru-stem").config.train.epochs,
        data="words",
    )


def _size(division: str, quick: bool) -> tuple[WordsConfig, int | None, Sequence[int]]:
    """(words, epochs or None for the recipe's, seeds)."""
    own = WordsConfig(division="stem" if division == "stem" else "random")
    if not quick:
        return own, None, SEEDS
    return WordsConfig(own.division, per_language=QUICK_WORDS), 1, SEEDS[:1]


def _scores(
    division: WordsConfig, epochs: int | None, seeds: Sequence[int]
) -> tuple[list[float], dict[str, dict[str, object]]]:
    """The GRU's accuracy for each seed; of the others accuracy, interval, and the GRU's lead over them."""
    own = recipe("language-gru").config
    grus = [train_cell(cell_config(own, "gru", division, epochs=epochs, seed=seed), "gru") for seed in seeds]
    names: list[Name] = [name for name in NAMES if name != "gru"]
    others: dict[str, dict[str, object]] = {}
    for entrant in compare(own, division, names=names, epochs=epochs, seed=seeds[0]):
        lead = paired(grus[0].right.tolist(), entrant.right.tolist())
        others[entrant.name] = {
            "title": TITLES[entrant.name],
            "accuracy": entrant.score.accuracy,
            "ci95": list(entrant.score.ci95),
            "gru_leads_by": lead.difference,
            "gru_leads_ci95": list(lead.ci95),
        }
    return [gru.score.accuracy for gru in grus], others


def _ci95(values: Sequence[float], division: WordsConfig) -> list[float]:
    """Over seeds where there are several, else over the test words."""
    n = 5 * division.per_language // 5
    low, high = interval(values) or proportion(values[0], n).interval
    return [max(0.0, low), min(1.0, high)]


ROWS: dict[str, Reproduction] = {"language-gru": language_gru, "language-gru-stem": language_gru_stem}
