"""Tab: a targeted attack on a frozen classifier as a race of optimizers."""

import streamlit as st

from core.charts.intervals import bars
from core.charts.palette import BLUE, GRAY
from core.config.errors import LabError
from core.config.escaping import escaped
from core.formatting import number, probability
from core.lessons.race.charts.image_race import photo
from core.lessons.race.imagenet import alexnet
from core.lessons.race.imagenet.best_rate import RATES, TRIES
from core.lessons.race.imagenet.classifiers import CLASSIFIERS
from core.models.threads import one_thread
from pages.ui.kit.shell.page import controls_and_stage, error_boundary
from pages.ui.kit.widgets.chart import chart
from pages.ui.kit.widgets.kept_button import kept_button
from pages.ui.race.image_choice import choose, missing
from pages.ui.race.image_live import live
from pages.ui.race.image_race_session import Contest, Settings, contest, start

CODE = """\
import torch
from torch.nn.functional import cross_entropy

model.eval().requires_grad_(False)                    # the weights are frozen
x = normalize(image).unsqueeze(0)                     # (1, 3, 224, 224), in the classifier's normalized space
x = x.clone().requires_grad_()                        # the image is the parameter
optimizer = torch.optim.Adam([x], lr=0.01)            # or SGD, or RMSprop
losses = []

for iteration in range(100):
    optimizer.zero_grad()
    loss = cross_entropy(model(x), torch.tensor([target]))        # target = 288: leopard
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

delta = denormalize(x.detach()) - image               # the perturbation, in pixels
print(losses[-1], delta.norm(), delta.abs().max())    # loss, L2, L∞
"""


@st.fragment
def for_an_image() -> None:
    """Controls on the left; on the right what the classifier predicts, then the race."""
    with error_boundary():
        left, right = controls_and_stage(1.0, 2.6)
        now = contest()
        running = now is not None and now.running
        with left:
            buttons = st.container()  # stand above the controls, but what they start is read from them first
            settings = choose(running, right)
        with buttons:
            _buttons(settings, now)
        with right:
            name = missing()
            if name is not None:
                _get(name)
            now = contest()
            if settings is not None and (now is None or not (running or now.settings.same_as(settings))):
                _first_look(settings)
            if now is not None:
                _whose(now, settings)
                live(now)
        with st.expander("Is it fair?", icon=":material/balance:"):
            st.markdown(fair(settings.subject.picture.numel() if settings else None))
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


FAIR = """\
SGD's step is the learning rate times the gradient, and the gradient of {value} is tiny.
RMSprop and Adam divide by the recent size of each gradient, so every pixel moves by about the learning rate,
however little it matters. **A shared learning rate therefore compares steps of very different sizes.** In the
second race each optimizer runs at its own tuned learning rate. The loss alone ranks them; compare the L2 norm of
the perturbations as well. Large learning rates leave the range of valid pixels; *Clip to valid pixels*, under
Advanced, prevents that.
"""


def fair(values: int | None) -> str:
    """What a shared learning rate compares. values: how many numbers the image is made of, if there is one."""
    return FAIR.format(value="a single pixel value" if values is None else f"one of {values:,} pixel values")


def _buttons(settings: Settings | None, now: Contest | None) -> None:
    running = now is not None and now.running
    ready = settings is not None and bool(settings.optimizers)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Start" if now is None else "Restart",
            icon=":material/flag:",
            type="primary",
            key="race_image_start",
            disabled=running or not ready,
            on_click=_start,
            args=(settings,),
            help="Each optimizer changes its own copy of the image. On a photo it takes a while; you may stop it.",
        )
        st.button(
            "Stop",
            icon=":material/stop:",
            key="race_image_stop",
            disabled=not running,
            on_click=_run,
            args=(False,),
            help="Pause here; Resume continues.",
        )
        if now is not None and not running and not now.finished:
            st.button(
                "Resume",
                icon=":material/play_arrow:",
                key="race_image_on",
                on_click=_run,
                args=(True,),
                help="Continue from here.",
            )
        if now is not None and not running and now.shared.finished and now.sweep is None:
            st.button(
                "Tune the learning rates",
                icon=":material/tune:",
                key="race_image_own",
                on_click=_best,
                help=f"{len(RATES)} learning rates for each optimizer, {TRIES} iterations each, then a race.",
            )


def _start(settings: Settings | None) -> None:
    if settings is not None and settings.optimizers:
        start(settings)


def _run(on: bool) -> None:
    now = contest()
    if now is not None:
        now.go_on(on)


def _best() -> None:
    now = contest()
    if now is not None:
        now.ask_for_best()


def _whose(now: Contest, settings: Settings | None) -> None:
    """Where the controls say something else by now: which race is shown."""
    s = now.settings
    if settings is not None and s.same_as(settings):
        return
    st.caption(
        f"Shown: the race on {escaped(s.subject.title, 'page')}, target “{s.wanted}”, learning rate {s.lr:g}, "
        f"{s.classifier.title}. *Restart* uses the settings on the left."
    )


@one_thread()
def _first_look(settings: Settings) -> None:
    """The image, and what the classifier predicts before it is changed."""
    chances = settings.classifier.probabilities(settings.subject.picture)
    top = settings.classifier.top(chances)
    show, say = st.columns([1, 1.6], gap="medium", vertical_alignment="center")
    with show:
        st.image(photo(settings.subject.picture.numpy(), size=448), width=260, alt=settings.subject.title)
    with say:
        st.markdown(f"**{settings.classifier.title} predicts**")
        chart(
            bars(
                [value for _, value in top],
                [name for name, _ in top],
                [BLUE if name != settings.wanted else GRAY for name, _ in top],
                height=190,
            ),
            "race_image_sees",
            still=True,
            alt=", ".join(f"{name} {probability(value)}" for name, value in top),
        )
        rank = int((chances > chances[settings.target]).sum()) + 1
        known = f" True class: **{settings.subject.label}**." if settings.subject.label else ""
        st.markdown(
            f"Target class “{settings.wanted}”: probability {number(float(chances[settings.target]), 2)}, "
            f"rank {rank} of {len(settings.classifier.labels):,}.{known}"
        )


def _get(name: str) -> None:
    """A classifier whose weights are not here: offer the download."""
    st.info(
        f"{CLASSIFIERS[name].title}'s weights are not on this machine. They are {alexnet.SIZE / 1e6:.0f} MB, "
        "from torchvision's own server; everything else works without them.",
        icon=":material/cloud_download:",
    )
    if kept_button(
        f"Get {CLASSIFIERS[name].title} ({alexnet.SIZE / 1e6:.0f} MB)",
        icon=":material/download:",
        key="race_image_get",
        help="Needs the internet, once. The file is checked before it is used.",
    ):
        bar = st.progress(0.0, "Asking the server…")

        def show(done: int, total: int) -> None:
            bar.progress(min(1.0, done / total), f"{done / 1e6:.0f} of {total / 1e6:.0f} MB")

        try:
            alexnet.download(show)
        except LabError as error:
            bar.empty()
            st.error(escaped(str(error), "page"), icon=":material/cloud_off:")
            return
        st.rerun()
