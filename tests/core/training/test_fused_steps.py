"""torch's fused kernels and the public tensor operations that stand in for them make the same steps."""

import pytest
import torch

from core.config.run import OptimizerConfig
from core.training import fused_steps
from core.training.fused_steps import adam_step, has_fused, sgd_step
from core.training.optimizers import build_optimizer

SHAPES = ((7, 5), (5,), (1,))
CPU = torch.device("cpu")


def tensors(seed: int, dtype: torch.dtype) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator, dtype=dtype) for shape in SHAPES]


def close(ours: list[torch.Tensor], theirs: list[torch.Tensor], dtype: torch.dtype) -> None:
    rounding = 1e-13 if dtype == torch.float64 else 1e-5
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=rounding, atol=rounding / 10)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("momentum", "nesterov"), [(0.0, False), (0.9, False), (0.9, True)])
def test_sgd_is_the_same_with_and_without_the_fused_kernel(dtype: torch.dtype, momentum: float, nesterov: bool) -> None:
    weights = [tensors(0, dtype), tensors(0, dtype)]
    velocities = [[torch.zeros_like(weight) for weight in side] if momentum else [] for side in weights]
    for step in range(20):
        for side, fused in enumerate((True, False)):
            gradients = tensors(step + 1, dtype)
            sgd_step(weights[side], gradients, velocities[side], 0.1, momentum, nesterov, fused=fused)
    close(*weights, dtype)
    close(*velocities, dtype)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_adam_is_the_same_with_and_without_the_fused_kernel(dtype: torch.dtype) -> None:
    weights = [tensors(0, dtype), tensors(0, dtype)]
    means, squares = ([[torch.zeros_like(w) for w in side] for side in weights] for _ in range(2))
    for step in range(20):
        for side, fused in enumerate((True, False)):
            gradients = tensors(step + 1, dtype)
            kept = (weights[side], gradients, means[side], squares[side])
            adam_step(*kept, 0.01, (0.9, 0.99), 1e-4, step + 1, fused=fused)
    for pair in (weights, means, squares):
        close(*pair, dtype)


def test_a_torch_without_the_kernels_trains_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(name: str) -> list[torch.Tensor]:
        has_fused.cache_clear()
        weights = [weight.requires_grad_() for weight in tensors(0, torch.float32)]
        settings = {"momentum": 0.9} if name == "sgd" else {}
        optimizer = build_optimizer(OptimizerConfig(name, {"lr": 0.05, **settings}), weights)
        for step in range(5):
            for weight, gradient in zip(weights, tensors(step + 1, torch.float32), strict=True):
                weight.grad = gradient
            optimizer.step()
        return [weight.detach() for weight in weights]

    for name in ("sgd", "adam"):
        with monkeypatch.context() as context:
            usual = steps(name)
            assert has_fused(CPU, torch.float32)
            context.delattr(fused_steps.torch, "_fused_sgd_")
            without = steps(name)
            assert not has_fused(CPU, torch.float32)
        close(usual, without, torch.float32)
    has_fused.cache_clear()
