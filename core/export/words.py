"""The sections of a script that fetch words of five languages, as the run had them."""

from core.config.language import ALPHABET, LANGUAGES
from core.config.run import RunConfig, WordsConfig
from core.data.words import LONGEST, READ, SHORTEST, STEM, TEST_SHARE
from core.export.code_context import number
from core.export.lesson import Section

_LISTS = f"""\
LANGUAGES = {list(LANGUAGES)}
ALPHABET = "{ALPHABET}"


def usable(word):
    return {SHORTEST} <= len(word) <= {LONGEST} and word.isalpha() and set(word) <= set(ALPHABET)


def stems(words):
    numbers = {{}}  # a number for every first {STEM} letters
    return torch.tensor([numbers.setdefault(word[:{STEM}], len(numbers)) for word in words])


lists = [list(filter(usable, top_n_list(code, {READ:_}))) for code in LANGUAGES]
known = [set(words) for words in lists]
lists = [[word for word in words if sum(word in k for k in known) == 1] for words in lists]"""

_ENCODE = """\
def encode(words):
    rows = torch.full((len(words), 40), -1)  # -1: the word has ended
    for row, word in zip(rows, words):
        row[: len(word)] = torch.tensor([ALPHABET.index(letter) for letter in word])
    return rows


(train_words, y_train), (test_words, y_test) = (zip(*side) for side in sides)
x_train, y_train = encode(train_words), torch.tensor(y_train)
x_test, y_test = encode(test_words), torch.tensor(y_test)"""


def word_sections(config: RunConfig) -> list[Section]:
    """Words from wordfreq's lists to `x_train` (N, 40), `y_train` (N,), `places`, `x_test`, `y_test`."""
    words = config.data
    assert isinstance(words, WordsConfig)
    units = "stems(words)" if words.division == "stem" else "torch.arange(len(words))"
    sides = [
        "sides = [], []  # to train on, and for the test",
        "for label, words in enumerate(lists):",
        f"    words = words[:{words.per_language}]",
        f"    units = {units}",
        f"    generator = torch.Generator().manual_seed({words.words_seed})",
        "    drawn = torch.randperm(int(units.max()) + 1, generator=generator)",
        f"    kept = torch.isin(units, drawn[: round({TEST_SHARE} * len(drawn))])",
        "    for word, is_test in zip(words, kept.tolist()):",
        "        sides[is_test].append((word, label))",
        "for side in sides:  # all languages mixed",
        f"    generator = torch.Generator().manual_seed({words.words_seed})",
        "    side[:] = [side[place] for place in torch.randperm(len(side), generator=generator)]",
    ]
    how = (
        f"words whose first {STEM} letters no training word of their language shares"
        if words.division == "stem"
        else "a fifth of the words of each language, drawn at random"
    )
    division = "\n".join([*sides, "", "", _ENCODE])
    sections = [
        Section(
            "Word lists",
            f"The most frequent words of five languages from the package wordfreq: {SHORTEST} to {LONGEST} "
            "letters of the alphabet below, and none that stands in two of the lists.",
            _LISTS,
        ),
        Section("Training words and test words", f"Kept for the test: {how}.", division),
    ]
    if not config.train.validation:
        places = "places = torch.arange(len(x_train))"
        return [*sections, Section("Training examples", "Places of the words that are trained on.", places)]
    share = number(config.train.validation)
    held_out = [
        'groups = stems([f"{label}{word}"[:6] for word, label in sides[0]])',
        "generator = torch.Generator().manual_seed(SEED)",
        "drawn = torch.randperm(int(groups.max()) + 1, generator=generator)",
        f"held_out = torch.isin(groups, drawn[: round({share} * len(drawn))])",
        "places = torch.nonzero(~held_out).flatten()",
        "x_validation, y_validation = x_train[held_out], y_train[held_out]",
    ]
    share_words = f"{config.train.validation:.3g} of the beginnings of words are held out to choose by."
    return [*sections, Section("Validation examples", share_words, "\n".join(held_out))]
