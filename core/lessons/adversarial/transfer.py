"""Do adversarial examples transfer? Only images that both networks classify correctly when clean count.

Papernot, McDaniel & Goodfellow 2016, "Transferability in machine learning": an attacker without access
attacks a surrogate network, and the images often transfer to the target.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor

from core.attacks import ATTACKS
from core.attacks.config import AttackConfig
from core.config.proportion import Proportion
from core.lessons.adversarial.tasks import AttackTask, Predictions, batches, gather, task_of
from core.models.paired_test import Paired, paired


def succeeded(
    made: Tensor, clean_tester: Tensor, clean_maker: Tensor, labels: Tensor, target: int | None = None
) -> Proportion:
    """One cell of the matrix: successes among the images that source and target both classify correctly when clean.

    made: (n,) what the tester predicts for the adversarial images. clean_tester, clean_maker: (n,) the predictions
    of both for the clean ones. labels: (n,). target: the target class; then images of that class do not count.
    Where a part is not measured yet the tensors are shorter; what all of them know is counted.
    """
    n = min(len(made), len(clean_tester), len(clean_maker), len(labels))
    counts = _counts(clean_tester[:n], clean_maker[:n], labels[:n], target)
    won = _won(made[:n], labels[:n], target)
    return Proportion(int((counts & won).sum()), int(counts.sum()))


def beside_noise(
    made: Tensor, noisy: Tensor, clean_tester: Tensor, clean_maker: Tensor, labels: Tensor, target: int | None = None
) -> Paired:
    """The attack beside noise on the very images that count for its cell; arguments as for `succeeded`.

    noisy: (n,) what the tester predicts in the images under noise. `first_only` are the images that withstand
    the noise and fall to the attack: a difference above 0 says that the attack succeeds more often.
    """
    n = min(len(made), len(noisy), len(clean_tester), len(clean_maker), len(labels))
    counts = _counts(clean_tester[:n], clean_maker[:n], labels[:n], target)
    held = [(~_won(reads[:n], labels[:n], target))[counts].tolist() for reads in (noisy, made)]
    return paired(*held)


def _counts(ours: Tensor, theirs: Tensor, labels: Tensor, target: int | None) -> Tensor:
    """Which images both classified correctly before, and which are not of the target already."""
    both = (ours.long() == labels) & (theirs.long() == labels)
    return both if target is None else both & (labels != target)


def _won(made: Tensor, labels: Tensor, target: int | None) -> Tensor:
    return made.long() != labels if target is None else made.long() == target


def control(config: AttackConfig) -> AttackConfig:
    """Random noise as large as this attack's changes may be, measured in the same norm."""
    norm = ATTACKS[config.name].norm
    name = next(name for name, entry in ATTACKS.items() if entry.access == "nothing" and entry.norm == norm)
    return AttackConfig(name, config.budget, seed=config.seed)


def lined_up(names: Sequence[str], config: AttackConfig, n: int) -> list[AttackTask]:
    """All that a matrix of these networks needs: clean images, noise and every pair, hundred after hundred."""
    line = []
    for hundred in batches(n):
        line += [task_of("", how, hundred, target) for how in (None, control(config)) for target in names]
        line += [
            task_of(source, config, batch, target)
            for source in names
            for batch in batches(min(n, hundred.stop), config, hundred.start)
            for target in names
        ]
    return line


@dataclass(frozen=True)
class Predicted:
    """What every network predicts so far, each (n,) uint8 without gaps.

    clean: by target. noisy: by target, under the control. made: by (source, target).
    """

    clean: Mapping[str, Tensor]
    noisy: Mapping[str, Tensor]
    made: Mapping[tuple[str, str], Tensor]


def predicted(kept: Mapping[AttackTask, Predictions], names: Sequence[str], config: AttackConfig, n: int) -> Predicted:
    """Of n images of the sample."""
    return Predicted(
        {name: gather(kept, name, None, n).read for name in names},
        {name: gather(kept, name, control(config), n).read for name in names},
        {(made, name): gather(kept, name, config, n, made).read for made in names for name in names},
    )


def matrix(
    kept: Mapping[AttackTask, Predictions], names: Sequence[str], config: AttackConfig, labels: Tensor
) -> list[list[Proportion]]:
    """Rows: made on each network, then noise. Columns: tested on each. labels: (n,) of the sample."""
    known, target = predicted(kept, names, config, len(labels)), config.target
    clean = known.clean
    rows = [
        [succeeded(known.made[source, name], clean[name], clean[source], labels, target) for name in names]
        for source in names
    ]
    return [*rows, [succeeded(known.noisy[name], clean[name], clean[name], labels, target) for name in names]]


def against_noise(
    kept: Mapping[AttackTask, Predictions], names: Sequence[str], config: AttackConfig, labels: Tensor
) -> list[list[Paired]]:
    """Rows: made on each network. Columns: tested on each; every cell against noise on the same images."""
    known = predicted(kept, names, config, len(labels))
    return [
        [
            beside_noise(
                known.made[source, name],
                known.noisy[name],
                known.clean[name],
                known.clean[source],
                labels,
                config.target,
            )
            for name in names
        ]
        for source in names
    ]
