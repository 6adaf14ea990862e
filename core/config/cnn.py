"""What decides a convolutional network, and the shape that every layer of it gives."""

from dataclasses import dataclass

from core.config.choices import ACTIVATIONS, INITIALIZATIONS, POOLS, Activation, Initialization, Pool
from core.config.mlp import LARGEST_NETWORK
from core.config.validation import is_number, one_of, require, whole

SIDE = 28  # pixels of an image's side


@dataclass(frozen=True)
class LayerShape:
    """A layer as it stands in the network: its name there, what it is, the shape it gives for one image
    ((channels, rows, columns) or (units,)), and how many weights it has to learn."""

    name: str
    kind: str
    shape: tuple[int, ...]
    parameters: int


@dataclass(frozen=True)
class CNNConfig:
    """A convolutional network: blocks of convolution, batch norm, activation, pooling; then linear layers.

    channels: kernels of each convolution, 1…256, in at most 6 blocks. kernels: their sides in pixels, 1…11.
    strides: steps of the kernel, 1…4. paddings: rows of zeros laid around, 0…10. pools: what follows each
    block's activation: "max" or "average" over 2×2, or "none". All five have one entry a block.
    batch_norm: whether every convolution is followed by batch normalization (Ioffe & Szegedy 2015).
    pool_first: pool straight after the convolution, before batch norm and activation: for max pooling with a
    rising activation nearly the same, with a quarter of the numbers to normalize and bend.
    norm_hidden: batch normalization after every hidden linear layer too.
    hidden: widths of the linear layers before the ten outputs. dropout: share of their units silenced.
    init: how all weights start, as in MLPConfig. normalize: first layer subtracts mean, divides by std.
    frozen: leave the convolutions as they start, random, and train only what follows.
    """

    channels: tuple[int, ...] = (8, 16)
    kernels: tuple[int, ...] = (3, 3)
    strides: tuple[int, ...] = (1, 1)
    paddings: tuple[int, ...] = (1, 1)
    pools: tuple[Pool, ...] = ("max", "max")
    batch_norm: bool = False
    pool_first: bool = False
    norm_hidden: bool = False
    hidden: tuple[int, ...] = (128,)
    dropout: float = 0.0
    activation: Activation = "relu"
    init: Initialization = "pytorch"
    normalize: bool = False
    frozen: bool = False

    def __post_init__(self) -> None:
        for name in ("channels", "kernels", "strides", "paddings", "pools", "hidden"):
            value = getattr(self, name)
            require(isinstance(value, tuple), f"{name} must be a list, one entry a layer, not {value!r}.")
        blocks = len(self.channels)
        require(1 <= blocks <= 6, f"A convolutional network here has 1 to 6 blocks; these are {blocks}.")
        for name in ("kernels", "strides", "paddings", "pools"):
            count = len(getattr(self, name))
            require(
                count == blocks, f"There are {blocks} convolutions (channels) but {count} {name}; give one for each."
            )
        for number in range(1, blocks + 1):
            whole(self.channels[number - 1], 1, 256, f"Channels of convolution {number}")
            whole(self.kernels[number - 1], 1, 11, f"The kernel side of convolution {number}")
            whole(self.strides[number - 1], 1, 4, f"The stride of convolution {number}")
            whole(self.paddings[number - 1], 0, 10, f"The padding of convolution {number}")
            one_of(self.pools[number - 1], POOLS, f"Pooling {number}")
        require(len(self.hidden) <= 4, f"At most 4 hidden linear layers, please; these are {len(self.hidden)}.")
        for number, width in enumerate(self.hidden, start=1):
            whole(width, 1, 4096, f"The width of hidden layer {number}")
        one_of(self.activation, ACTIVATIONS, "The activation")
        one_of(self.init, INITIALIZATIONS, "The initialization")
        require(
            is_number(self.dropout) and 0 <= self.dropout <= 0.9,
            f"Dropout must lie between 0 and 0.9; it is {self.dropout!r}.",
        )
        for name in ("batch_norm", "pool_first", "norm_hidden", "normalize", "frozen"):
            value = getattr(self, name)
            require(isinstance(value, bool), f"{name} must be true or false, not {value!r}.")
        count = sum(layer.parameters for layer in self.layers())
        require(
            count <= LARGEST_NETWORK,
            f"This network would have {count:,} parameters; at most {LARGEST_NETWORK:,} are allowed here. "
            "Take fewer channels, narrower layers or more pooling.",
        )

    @property
    def family(self) -> str:
        """It is written in one way only."""
        return "cnn"

    def after_convolution(self, pool: Pool) -> list[str]:
        """What follows a block's convolution, in order: "norm", "act", "pool", those of them it has."""
        parts = [*(["norm"] if self.batch_norm else []), "act"]
        if pool == "none":
            return parts
        return ["pool", *parts] if self.pool_first else [*parts, "pool"]

    def layers(self) -> list[LayerShape]:
        """Every layer in order with the shape it gives and its weights.

        Raises ConfigError, naming the layer, where a kernel or a pooling does not fit what it receives.
        """
        found: list[LayerShape] = []
        depth, side = 1, SIDE
        for number, (channels, kernel, stride, padding, pool) in enumerate(
            zip(self.channels, self.kernels, self.strides, self.paddings, self.pools, strict=True), start=1
        ):
            laid = side + 2 * padding
            require(
                kernel <= laid,
                f"Convolution {number} receives {side}×{side} pixels ({laid}×{laid} with padding), too few "
                f"for its {kernel}×{kernel} kernel. Take a smaller kernel, more padding, or less pooling and "
                "stride before it.",
            )
            side = (laid - kernel) // stride + 1
            found.append(
                LayerShape(f"conv{number}", "convolution", (channels, side, side), (depth * kernel**2 + 1) * channels)
            )
            depth = channels
            for part in self.after_convolution(pool):
                if part == "pool":
                    require(
                        side >= 2,
                        f"Pooling {number} takes 2×2 pixels but receives {side}×{side}. Leave it out, or use "
                        "more padding or less stride before it.",
                    )
                    side //= 2
                kind = {"norm": "batch norm", "act": self.activation, "pool": f"{pool} pool"}[part]
                learned = 2 * depth if part == "norm" else 0
                found.append(LayerShape(f"{part}{number}", kind, (depth, side, side), learned))
        width = depth * side * side
        found.append(LayerShape("flatten", "flatten", (width,), 0))
        for number, units in enumerate(self.hidden, start=1):
            found.append(LayerShape(f"fc{number}", "linear", (units,), (width + 1) * units))
            if self.norm_hidden:
                found.append(LayerShape(f"fc{number}_norm", "batch norm", (units,), 2 * units))
            found.append(LayerShape(f"fc{number}_act", self.activation, (units,), 0))
            if self.dropout:
                found.append(LayerShape(f"fc{number}_drop", "dropout", (units,), 0))
            width = units
        found.append(LayerShape("out", "linear", (10,), (width + 1) * 10))
        return found
