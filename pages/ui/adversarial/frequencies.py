"""Tab: is it the high frequencies? The text's explanation of adversarial examples, put to the test."""

import streamlit as st

from core.config.escaping import escaped
from core.data.digits import Mnist
from core.formatting import percent, ratio
from core.lessons.adversarial.charts.gradients import spectra_figure, spectrum_pictures_figure
from core.lessons.adversarial.frequencies import white_share
from core.models.trained_network import TrainedNetwork
from pages.ui.adversarial import frequency_results
from pages.ui.adversarial.frequency_split import about_spectra, split_parts
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

along = (torch.fft.fftfreq(28) * 28).round()                    # waves across the image
waves = torch.hypot(along[:, None], along[None, :])             # (28, 28)
share = {{}}                                                      # of the energy above the cut-off
for name, images in dict(image=test.images, gradient=gradient, sign=sign).items():
    energy = torch.fft.fft2(images.double()).abs() ** 2
    share[name] = float((energy[..., waves > {cutoff}].sum(-1) / energy.sum((-2, -1))).nanmean())

low = torch.fft.ifft2(torch.fft.fft2(sign) * (waves <= {cutoff})).real
accuracy = {{}}                                                   # at equal L2, measured before clipping
for name, part in dict(whole=sign, low=low, high=sign - low).items():
    step = 3.0 * part / part.flatten(1).norm(dim=1).clamp_min(1e-12).reshape(-1, 1, 1, 1)
    with torch.no_grad():
        read = model((test.images + step).clamp(0, 1)).argmax(1)
    accuracy[name] = float((read == test.labels).float().mean())
"""


@panel
def why(trained: TrainedNetwork, mnist: Mnist) -> None:
    """Spectra first, then which part of the perturbation does the damage, then the other explanation."""
    st.markdown(
        "**The text says** (a claim): a network can be fooled because it relies on high-frequency features, "
        "fine detail that people hardly notice. If so, FGSM's change should be mostly high-frequency, and "
        "its high-frequency part should do the damage. Both can be measured; here on "
        f"*{escaped(trained.title, 'page')}*."
    )
    with st.container(horizontal=True, gap="large"):
        counts = [count for count in COUNTS if count <= len(mnist.test)] or [len(mnist.test)]
        count = st.select_slider(
            "Test images",
            counts,
            500 if 500 in counts else counts[0],
            key=f"adv_why_images_{counts[-1]}",
            bind="query-params",
            width=300,
            format_func=lambda value: f"{value:,}",
            help="More images: narrower intervals, and a longer wait.",
        )
        cutoff = st.slider(
            "High-frequency: above … waves",
            1,
            13,
            7,
            key="adv_why_cutoff",
            bind="query-params",
            width=300,
            help="The cut-off frequency, in waves across the image's 28 pixels. 14 is the fastest a row of "
            "pixels can do (black, white, black, …); 7 is half of that.",
        )
    _spectra(trained, mnist, int(count), int(cutoff))
    split_parts(trained, mnist, int(count), int(cutoff))
    _linear(trained, mnist, int(count))
    with st.expander("Show the code", icon=":material/code:"):
        st.caption("`model` is the network chosen above, in eval mode.")
        st.code(CODE.format(count=count, cutoff=cutoff), language="python")


def _spectra(trained: TrainedNetwork, mnist: Mnist, count: int, cutoff: int) -> None:
    st.markdown("#### Is the change high-frequency?")
    found = frequency_results.spectra(trained, mnist, count)
    left, right = st.columns([1.15, 1], gap="medium")
    with left:
        densities = {name: spectrum.density.numpy() for name, spectrum in found.items()}
        chart(spectra_figure(densities, cutoff=cutoff), "adv_why_spectra")
    shares = {name: spectrum.above(cutoff) for name, spectrum in found.items()}
    shares["white noise"] = white_share(cutoff)
    with right:
        pictures = {
            f"{name.split()[0]}<br><b>{percent(shares[name])}</b> high": spectrum.centered.numpy()
            for name, spectrum in found.items()
        }
        chart(spectrum_pictures_figure(pictures, cutoff=cutoff), "adv_why_pictures", still=True)
        st.caption(
            "Each as an image: no waves in the middle, fast ones outside; yellow is much energy. The "
            "circle is the cut-off."
        )
    st.markdown(about_spectra(shares, cutoff))
    empty = found["gradient"].left_out
    st.caption(
        f"Mean over {which_images(mnist, found['image'].n)}, each counting the same; "
        "a frequency's share is that of the energy (squared size) of all 784, averaged over each ring."
        + (f" {empty} images without any gradient are left out." if empty else "")
    )


def _linear(trained: TrainedNetwork, mnist: Mnist, count: int) -> None:
    """The explanation by linearity, with this network's own ratio of norms."""
    st.markdown("#### Another explanation: it adds up")
    flat = frequency_results.gradients(trained, mnist, count).flatten(1).double()
    sizes = flat.norm(dim=1)
    known = flat[sizes > 0]
    st.markdown(
        "Goodfellow, Shlens and Szegedy (2015) say: networks are *too linear*. Near an image the loss is "
        "almost a plane, and on a plane many tiny steps in the right direction add up, whatever their "
        "frequency:"
    )
    st.latex(r"L(x + \varepsilon\,\mathrm{sign}(g)) \approx L(x) + \varepsilon\,\lVert g\rVert_1")
    st.markdown("Random signs *s* of the same size mostly cancel:")
    st.latex(r"L(x + \varepsilon s) \approx L(x) \pm \varepsilon\,\lVert g\rVert_2")
    if len(known):
        longer = float((known.abs().sum(1) / known.norm(dim=1)).mean())
        st.markdown(
            f"For this network ‖g‖₁ is on average **{ratio(longer)}** ‖g‖₂ (at most √784 = 28×): "
            "so much is the right direction worth against a random one, to first order. How far the plane "
            "carries, *Step by step* shows: there the promise ε‖g‖₁ stands beside the loss that was measured."
        )
