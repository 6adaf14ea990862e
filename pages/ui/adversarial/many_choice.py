"""What is measured on many images: the norm, attacks, networks, budgets, steps and how many images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from core.attacks import ATTACKS
from core.attacks.norms import NORMS, NormName
from core.data.digits import Mnist
from core.lessons.adversarial.tasks import CHUNK, AttackTask, configs, follows_gradient, lined_up, size
from core.models.trained_network import TrainedNetwork
from core.training import memory
from pages.ui.adversarial.samples import FEW, SMALL, at_first, image_count
from pages.ui.kit.network.compared_networks import HERE, compared, shipped_readers

#: The largest budgets to choose from, and the one that stands there at the start.
TOPS: dict[NormName, tuple[tuple[float, ...], float]] = {
    "linf": ((0.1, 0.2, 0.3, 0.4, 0.5, 1.0), 0.4),
    "l2": ((1.0, 2.0, 4.0, 8.0, 16.0), 4.0),
    "l0": ((16.0, 40.0, 80.0, 160.0, 400.0), 40.0),
}
FIRST: dict[NormName, tuple[str, ...]] = {"linf": ("fgsm", "pgd"), "l2": ("pgd-l2",), "l0": ("jsma",)}
COUNTS, COUNT = (4, 8, 16), 8
STEPS, STEP = (2, 5, 10, 20, 40, 100), 10
PRESETS: dict[str, dict[str, tuple[str, ...]]] = {
    "Quick look": {"attacks": ("fgsm", "pgd"), "networks": (HERE,)},
    "Compare networks": {"attacks": ("fgsm",), "networks": ("cnn-bn", "cnn-lab", "mlp-deep", "mlp-autograd")},
    "With and without adversarial training": {"attacks": ("fgsm", "pgd"), "networks": ("cnn-bn", "cnn-robust")},
}


@dataclass(frozen=True, eq=False)
class Choice:
    """What the controls say. attacks: names, the norm's control first. epsilons: ascending, without 0."""

    norm: NormName
    attacks: tuple[str, ...]
    networks: tuple[TrainedNetwork, ...]
    epsilons: tuple[float, ...]
    steps: int
    n: int

    @property
    def tasks(self) -> list[AttackTask]:
        """All there is to measure."""
        return self._of(self.attacks, self.n)

    @property
    def first(self) -> list[AttackTask]:
        """What is measured without being asked: a small sample under the attacks that do not take long."""
        return self._of([name for name in self.attacks if self._soon(name)], min(self.n, SMALL))

    @property
    def question(self) -> tuple[object, ...]:
        """What decides the tasks, to tell one choice from another."""
        return self.norm, self.attacks, *(one.key for one in self.networks), self.epsilons, self.steps, self.n

    def _of(self, names: Sequence[str], n: int) -> list[AttackTask]:
        each = [config for name in names for config in configs(name, self.epsilons, self.steps)]
        return lined_up([network.key for network in self.networks], each, n)

    def _soon(self, name: str) -> bool:
        """Attacks that are quick, and the one that stands there at the start where none is."""
        quick = size(configs(name, self.epsilons, self.steps)[0]) == CHUNK
        return quick or (name in FIRST[self.norm] and not follows_gradient(name))


def control_of(norm: NormName) -> str:
    """The attack that knows nothing of the network."""
    return next(name for name in of_norm(norm) if ATTACKS[name].access == "nothing")


def of_norm(norm: NormName) -> list[str]:
    """Names of the attacks whose budget is measured so."""
    return [name for name, entry in ATTACKS.items() if entry.norm == norm]


def grid(norm: NormName, top: float, count: int) -> tuple[float, ...]:
    """Even steps up to the largest budget; whole pixels in L0."""
    values = np.linspace(0, top, count + 1)[1:]
    return tuple(dict.fromkeys(round(float(v), 0 if norm == "l0" else 6) for v in values))


def choose(trained: TrainedNetwork, mnist: Mnist) -> Choice:
    """Draw the controls."""
    norms = {norm.title: name for name, norm in NORMS.items()}
    title = st.segmented_control(
        "Norm",
        list(norms),
        default="L∞",
        required=True,
        key="adv_many_norm",
        bind="query-params",
        help=" ".join(f"{norm.title}: {norm.idea}." for norm in NORMS.values()),
    )
    norm = norms[str(title)]
    control = control_of(norm)
    titles = {ATTACKS[name].title: name for name in of_norm(norm) if name != control}
    picked = st.multiselect(
        "Attacks",
        list(titles),
        [ATTACKS[name].title for name in FIRST[norm] if name in ATTACKS],
        key=f"adv_many_attacks_{norm}",
        bind="query-params",
        wrap=True,
        help="Attacks in the norm chosen above. Random noise is always included as the control.",
    )
    networks = compared("adv_many_networks", trained)
    tops, top = TOPS[norm]
    largest = st.select_slider(
        f"Largest ε ({NORMS[norm].title})",
        tops,
        top,
        key=f"adv_many_top_{norm}",
        bind="query-params",
        format_func=lambda value: f"{value:g}",
        help=f"The right end of the chart. {NORMS[norm].title}: {NORMS[norm].idea}.",
    )
    n = image_count("adv_many_n", mnist)
    with st.expander("Advanced", icon=":material/tune:", key="adv_many_more"):
        steps = st.select_slider(
            "Steps of iterative attacks",
            STEPS,
            STEP,
            key="adv_many_steps",
            bind="query-params",
            help="For attacks that follow the gradient within a given ε, such as BIM and PGD. Others keep their "
            "defaults. More steps make the attack stronger.",
        )
        count = st.select_slider(
            "Number of ε values",
            COUNTS,
            COUNT,
            key="adv_many_count",
            bind="query-params",
            help="Evenly spaced up to the largest ε. ε = 0, the clean images, is always included.",
        )
        st.caption(f"Memory: {memory.of_attack(trained.config.model, n)}.")
    names = (control, *(titles[each] for each in picked))
    return Choice(norm, names, tuple(networks), grid(norm, float(largest), int(count)), int(steps), n)


def presets(mnist: Mnist, start: str) -> None:
    """Buttons that set all controls and start. start: the key of the work to set going."""
    there = [HERE, *shipped_readers()]
    with st.container(horizontal=True, gap="small"):
        for title, preset in PRESETS.items():
            if not all(name in there for name in preset["networks"]):
                continue
            what = " and ".join(ATTACKS[name].title for name in preset["attacks"])
            st.button(
                title,
                key=f"adv_many_preset_{title.split()[0].lower()}",
                icon=":material/bolt:",
                on_click=_set,
                args=(preset, mnist, start),
                type="tertiary",
                help=f"{what} with {STEP} steps and noise at {COUNT} values of ε on {FEW} images: "
                f"{', '.join(preset['networks'])}. Sets the controls and starts measuring.",
            )


def _set(preset: dict[str, Any], mnist: Mnist, start: str) -> None:
    """Callback: every control as the preset says, and off it goes."""
    st.session_state.update(
        {
            "adv_many_norm": NORMS["linf"].title,
            "adv_many_attacks_linf": [ATTACKS[name].title for name in preset["attacks"]],
            "adv_many_networks": list(preset["networks"]),
            "adv_many_top_linf": TOPS["linf"][1],
            f"adv_many_n_{mnist.size}": at_first(mnist),
            "adv_many_steps": STEP,
            "adv_many_count": COUNT,
            f"{start}_on": True,
            f"{start}_small": False,
        }
    )
