"""Which pixels can change one number of a feature map: its receptive field.

A 3×3 kernel sees 3×3 pixels; a kernel behind it sees 3×3 of those, so 5×5 pixels; pooling and strides make
the windows grow faster. The output at place i of a layer with kernel k, stride s and padding p reads the
places i·s − p to i·s − p + k − 1 of what the layer receives; put together layer by layer, that is the field
(Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"; Araujo et al. 2019, "Computing
receptive fields").
"""

from dataclasses import dataclass

from core.config.cnn import SIDE, CNNConfig
from core.config.errors import ConfigError


@dataclass(frozen=True)
class Window:
    """A rectangle of pixels: rows top … bottom − 1, columns left … right − 1.

    It may reach beyond the image, over the zeros that padding laid around.
    """

    top: int
    left: int
    bottom: int
    right: int

    @property
    def height(self) -> int:
        """Rows, those outside the image too."""
        return self.bottom - self.top

    def inside(self, side: int = SIDE) -> "Window":
        """The part of it that lies on the image."""
        top, left, bottom, right = (min(max(edge, 0), side) for edge in (self.top, self.left, self.bottom, self.right))
        return Window(top, left, bottom, right)


@dataclass(frozen=True)
class Reach:
    """Where the places along one side of a layer's maps look, the same in both directions.

    stride: pixels from one place to the next (the total stride). first: the first pixel that place 0 looks
    at, negative where padding is laid around. width: pixels looked at.
    """

    stride: int
    first: int
    width: int

    def of(self, place: int) -> tuple[int, int]:
        """The first pixel that the place looks at, and the one after the last."""
        first = self.first + place * self.stride
        return first, first + self.width

    def then(self, kernel: int, stride: int, padding: int) -> "Reach":
        """Of a layer that slides over this one's maps."""
        return Reach(
            stride=self.stride * stride,
            first=self.first - padding * self.stride,
            width=self.width + (kernel - 1) * self.stride,
        )


def reach(config: CNNConfig, layer: str) -> Reach:
    """Where the places of a layer's maps look. Raises ConfigError for a layer without places."""
    found = Reach(1, 0, 1)
    for kernel, stride, padding in steps(config, layer):
        found = found.then(kernel, stride, padding)
    return found


def receptive_field(config: CNNConfig, layer: str, row: int, column: int) -> Window:
    """The pixels that the number at (row, column) of a layer's feature maps can depend on.

    The smallest rectangle around them: strides longer than their kernel leave gaps in it.
    layer: a name from `CNNConfig.layers` before "flatten". Raises ConfigError for a layer without places.
    """
    look = reach(config, layer)
    (top, bottom), (left, right) = look.of(row), look.of(column)
    return Window(top, left, bottom, right)


def centers(config: CNNConfig, layer: str, count: int) -> tuple[list[float], float]:
    """Where the `count` cells along one side of a layer's maps look: the middles of their receptive fields.

    Returns the middles in pixels (0 is the middle of the first pixel) and the distance between two.
    """
    look = reach(config, layer)
    ends = [look.of(place) for place in range(count)]
    return [(first + end - 1) / 2 for first, end in ends], float(look.stride)


def steps(config: CNNConfig, layer: str) -> list[tuple[int, int, int]]:
    """(kernel, stride, padding) of every layer up to `layer` that moves things, first layer first.

    Pooling is (2, 2, 0). Raises ConfigError for a layer without feature maps.
    """
    shapes = {shape.name: shape.shape for shape in config.layers()}
    if len(shapes.get(layer, ())) != 3:
        raise ConfigError(f'{layer!r} has no feature maps; take a layer before "flatten".')
    found: list[tuple[int, int, int]] = []
    for name in shapes:
        if name.startswith("conv"):
            index = int(name.removeprefix("conv")) - 1
            found.append((config.kernels[index], config.strides[index], config.paddings[index]))
        elif name.startswith("pool"):
            found.append((2, 2, 0))
        if name == layer:
            break
    return found
