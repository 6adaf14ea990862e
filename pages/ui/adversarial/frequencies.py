"""Tab: do high frequencies explain adversarial examples? The hypothesis tested, and another one beside it."""

import streamlit as st

from core.data.digits import Mnist
from core.formatting import percent, ratio
from core.lessons.adversarial.charts.gradients import spectra_figure, spectrum_pictures_figure
from core.lessons.adversarial.frequencies import Spectrum, white_share
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import frequency_results
from pages.ui.adversarial.frequency_split import (
    Split,
    about_spectra,
    choose_length,
    choose_measure,
    example_image,
    split_parts,
)
from pages.ui.kit.network.network_panel import panel
from pages.ui.kit.widgets.cached_results import which_images
from pages.ui.kit.widgets.chart import chart

COUNTS = (200, 500, 1000, 2000, 5000)

CODE = """\
import torch
from torch.nn import functional as F

from core.data import load

test = load().test.take(slice(0, {count}))
x = test.images.clone().requires_grad_()
F.cross_entropy(model(x).double(), test.labels, reduction="sum").backward()
gradient, sign = x.grad, x.grad.sign()

along = (torch.fft.fftfreq(28) * 28).round()                    # cycles across the image
cycles = torch.hypot(along[:, None], along[None, :])             # (28, 28)
share = {{}}                                                      # of the energy above the cut-off
for name, images in dict(image=test.images, gradient=gradient, sign=sign).items():
    energy = torch.fft.fft2(images.double()).abs() ** 2
    share[name] = float((energy[..., cycles > {cutoff}].sum(-1) / energy.sum((-2, -1))).nanmean())

low = torch.fft.ifft2(torch.fft.fft2(sign) * (cycles <= {cutoff})).real
accuracy = {{}}                                                   # at equal L2, measured before clipping
for name, part in dict(whole=sign, low=low, high=sign - low).items():
    step = 3.0 * part / part.flatten(1).norm(dim=1).clamp_min(1e-12).reshape(-1, 1, 1, 1)
    with torch.no_grad():
        predicted = model((test.images + step).clamp(0, 1)).argmax(1)
    accuracy[name] = float((predicted == test.labels).float().mean())
"""


@panel
def why(trained: TrainedNetwork, mnist: Mnist) -> None:
    """The spectra beside the accuracy under each band of the perturbation; details and the other hypothesis folded."""
    with st.container(horizontal=True, gap="large"):
        cutoff = st.slider(
            "Cut-off frequency (cycles across the image)",
            1,
            13,
            7,
            key="adv_why_cutoff",
            bind="query-params",
            width=300,
            help="Frequencies above it count as high. 14 cycles across 28 pixels (black, white, black, …) is the "
            "highest a row can hold; 7 is half of that.",
        )
        length = choose_length()
    left, right = st.columns(2, gap="medium")
    images, example, linear = (
        st.expander(title, icon=icon)
        for title, icon in (
            ("The spectra as images", ":material/gradient:"),
            ("An example image", ":material/image:"),
            ("Another hypothesis: linearity", ":material/trending_up:"),
        )
    )
    with st.expander("Where the question comes from: Course project, task 3", icon=":material/menu_book:"):
        st.markdown(
            "The course project explains adversarial examples by *high-frequency features*: fine detail that people "
            "hardly notice and a network relies on. If so, FGSM's perturbation should be mostly high-frequency, and "
            "its high-pass part should do the damage. Both are measured above."
        )
    with st.expander("Advanced", icon=":material/tune:", key="adv_why_more"):
        count = _count(mnist)
        after, over = choose_measure()
    with st.expander("Show the code", icon=":material/code:"):
        st.caption("`model` is the network chosen above, in evaluation mode.")
        st.code(CODE.format(count=count, cutoff=cutoff), language="python")
    found = frequency_results.spectra(trained, mnist, count)
    with left:
        _spectra(found, mnist, cutoff)
    with images:
        _pictures(found, cutoff)
    with right:
        split_parts(trained, mnist, Split(count, cutoff, length, after, over))
    with example:
        example_image(trained, mnist, cutoff, length, after)
    with linear:
        _linear(trained, mnist, count)


def _count(mnist: Mnist) -> int:
    counts = [count for count in COUNTS if count <= len(mnist.test)] or [len(mnist.test)]
    return int(
        st.select_slider(
            "Test images",
            counts,
            500 if 500 in counts else counts[0],
            key=f"adv_why_images_{counts[-1]}",
            bind="query-params",
            width=300,
            format_func=lambda value: f"{value:,}",
            help="More images give narrower intervals and take longer.",
        )
    )


def _shares(found: dict[str, Spectrum], cutoff: int) -> dict[str, float]:
    return {name: spectrum.above(cutoff) for name, spectrum in found.items()} | {"white noise": white_share(cutoff)}


def _spectra(found: dict[str, Spectrum], mnist: Mnist, cutoff: int) -> None:
    st.markdown("**Power spectrum**: is the perturbation high-frequency?")
    words = about_spectra(_shares(found, cutoff), cutoff)
    densities = {name: spectrum.density.numpy() for name, spectrum in found.items()}
    chart(spectra_figure(densities, cutoff=cutoff), "adv_why_spectra", alt=words)
    st.markdown(words)
    empty = found["gradient"].left_out
    st.caption(
        f"Mean over {which_images(mnist, found['image'].n)}. Energy: squared magnitude, averaged over each ring of "
        "frequencies." + (f" {empty} images without any gradient are left out." if empty else "")
    )


def _pictures(found: dict[str, Spectrum], cutoff: int) -> None:
    shares = _shares(found, cutoff)
    pictures = {
        f"{name.split()[0]}<br><b>{percent(shares[name])}</b> high": spectrum.centered.numpy()
        for name, spectrum in found.items()
    }
    words = "Frequency 0 is in the center, high frequencies outside; yellow: much energy. The circle is the cut-off."
    chart(spectrum_pictures_figure(pictures, cutoff=cutoff), "adv_why_pictures", still=True, alt=words)
    st.caption(words)


def _linear(trained: TrainedNetwork, mnist: Mnist, count: int) -> None:
    """The explanation by linearity, with this network's own ratio of norms."""
    flat = frequency_results.gradients(trained, mnist, count).flatten(1).double()
    sizes = flat.norm(dim=1)
    known = flat[sizes > 0]
    st.markdown(
        "Goodfellow, Shlens and Szegedy (2015) explain adversarial examples by *linearity*: near an image the loss is "
        "almost linear, so many tiny changes along the gradient add up, whatever their frequency:"
    )
    st.latex(r"L(x + \varepsilon\,\mathrm{sign}(g)) \approx L(x) + \varepsilon\,\lVert g\rVert_1")
    st.markdown("Random signs *s* of the same ε mostly cancel:")
    st.latex(r"L(x + \varepsilon s) \approx L(x) \pm \varepsilon\,\lVert g\rVert_2")
    if len(known):
        longer = float((known.abs().sum(1) / known.norm(dim=1)).mean())
        st.markdown(
            f"For this network ‖g‖₁ is on average **{ratio(longer)}** ‖g‖₂ (at most √784 = 28×): to first order, "
            "FGSM's direction raises the loss that much more than a random one. *Step by step* compares this "
            "estimate with the measured loss."
        )
