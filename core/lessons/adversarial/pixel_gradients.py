"""The gradient of the loss with respect to the pixels: which way each would have to go to hurt most, and where it lies.

A network of great confidence has a loss so near to 0 that single precision rounds it away: 1 − p for p = 0.99999999
comes out as 0, and with it a part of the gradient, whose signs are then wrong. So the loss is computed in double
precision from the network's outputs; the network itself stays as it is.

Do these gradients look like the digit? Networks trained on adversarial images learn to ignore what no person sees,
so what still moves their loss is ink: Tsipras et al. 2019, "Robustness may be at odds with accuracy", show images of
it. Here it is counted: how much of the gradient lies on the strokes, and on the edges.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.attacks.run import CHUNK, in_eval_mode


def losses(logits: Tensor, labels: Tensor) -> Tensor:
    """Cross-entropy (N,) in nats, in double precision, of outputs (N, 10)."""
    return functional.cross_entropy(logits.double(), labels, reduction="none")


def pixel_gradient(model: nn.Module, images: Tensor, labels: Tensor, chunk: int = CHUNK) -> Tensor:
    """∂loss/∂pixel of each image by itself: (N, 1, 28, 28), in nats per unit of ink.

    model: images in [0, 1] to logits (N, 10); asked in eval mode, and neither its mode nor its weights'
    gradients are touched.
    """
    found = [torch.empty_like(images[:0])]
    with in_eval_mode(model), torch.enable_grad():
        for part, digits in zip(torch.split(images, chunk), torch.split(labels, chunk), strict=True):
            x = part.detach().clone().requires_grad_()
            found += torch.autograd.grad(losses(model(x), digits).sum(), x)
    return torch.cat(found)


INK = 0.5  # pixels at least this bright are stroke
STILL = 0.01  # of the largest: a pixel whose gradient is smaller hardly moves the loss
AROUND = 1  # pixels around a stroke that still count as near it


@dataclass(frozen=True, eq=False)
class StrokeGradients:
    """Of N images, one number each.

    near: (N,) share of the gradient's energy (sum of squares) on the strokes and the pixel around them.
    area: (N,) share of all pixels that these are: what a gradient without any sense for the digit would have.
    edges: (N,) correlation over the pixels of the gradient's size with the steepness of the image, −1…1.
    still: (N,) share of pixels whose gradient is below a hundredth of the image's largest.
    Images without ink or without a gradient are left out, so N may be smaller than the images given.
    """

    near: Tensor
    area: Tensor
    edges: Tensor
    still: Tensor

    def __len__(self) -> int:
        return len(self.near)


def stroke_gradients(images: Tensor, gradients: Tensor) -> StrokeGradients:
    """images, gradients: (N, 1, 28, 28); gradients of a loss with respect to these pixels."""
    ink = (images >= INK).to(images.dtype)
    near = functional.max_pool2d(ink, 2 * AROUND + 1, stride=1, padding=AROUND).flatten(1)
    gradients = gradients.to(images.dtype).flatten(1)
    largest = gradients.abs().amax(1, keepdim=True)
    scaled = gradients / largest.clamp_min(torch.finfo(images.dtype).tiny)  # squares of 1e-30 would vanish
    energy = scaled.square()
    usable = (near.sum(1) > 0) & (largest.squeeze(1) > 0)
    share = (energy * near).sum(1) / energy.sum(1).clamp_min(1e-30)
    edges = _correlation(scaled.abs(), steepness(images).flatten(1))
    still = (scaled.abs() < STILL).to(images.dtype).mean(1)
    return StrokeGradients(share[usable], near.mean(1)[usable], edges[usable], still[usable])


def steepness(images: Tensor) -> Tensor:
    """How fast brightness changes at each pixel: (N, 1, 28, 28), the length of Sobel's two slopes."""
    across = torch.tensor([[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]], dtype=images.dtype)
    kernels = torch.stack([across, across.T])[:, None] / 8
    slopes = functional.conv2d(images, kernels.to(images.device), padding=1)
    return slopes.square().sum(1, keepdim=True).sqrt()


def _correlation(a: Tensor, b: Tensor) -> Tensor:
    """Pearson's, row by row: (N, P) and (N, P) to (N,); 0 where one of them is constant."""
    a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
    size = a.norm(dim=1) * b.norm(dim=1)
    correlation: Tensor = (a * b).sum(1) / size.clamp_min(1e-12)
    return correlation
