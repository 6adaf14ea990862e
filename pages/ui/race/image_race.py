"""Tab: the chapter's targeted attack on a frozen classifier as a race of optimizers."""

import streamlit as st

from core.charts.intervals import bars
from core.charts.palette import BLUE, GRAY
from core.config.errors import LabError
from core.config.escaping import escaped
from core.formatting import article, number
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

model.eval().requires_grad_(False)                    # the network stays as it is
seen = normalize(picture).unsqueeze(0)                # (1, 3, 224, 224), in the classifier's own space
seen = seen.clone().requires_grad_()                  # the picture is what learns
optimizer = torch.optim.Adam([seen], lr=0.01)         # or SGD, or RMSprop
losses = []

for iteration in range(100):
    optimizer.zero_grad()
    loss = cross_entropy(model(seen), torch.tensor([target]))     # target = 288: leopard
    loss.backward()
    optimizer.step()
    losses.append(loss.item())

added = denormalize(seen.detach()) - picture          # in pixels
print(losses[-1], added.norm(), added.abs().max())    # loss, L2, L∞
"""


@st.fragment
def for_an_image() -> None:
    """Controls on the left; on the right what the classifier sees, then the race."""
    with error_boundary():
        left, right = controls_and_stage(1.0, 2.6)
        now = contest()
        running = now is not None and now.running
        with left:
            settings = choose(running, right)
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
        with st.expander("Is that a fair race?", icon=":material/balance:"):
            st.markdown(fair(settings.subject.picture.numel() if settings else None))
        with st.expander("Show the code", icon=":material/code:"):
            st.code(CODE, language="python")


FAIR = """\
SGD's step is the learning rate times the gradient, and the gradient of {value} is tiny.
RMSprop and Adam divide by the recent size of each gradient, so every pixel moves by about the learning rate,
however little it matters. **One rate for all therefore says little about who is better**: it compares steps
of very different lengths. So there is a second race, in which each runs at the rate that suits it best on
this picture. Its winner is decided by the loss alone; look at the L2 each one spent as well. Nothing in the
chapter's experiment keeps pixels between black and white, and large rates leave that range by far; switch on
“Keep valid pixels” to see what remains of it.
"""


def fair(values: int | None) -> str:
    """What one rate for all compares. values: how many numbers the picture is made of, if there is one."""
    return FAIR.format(value="a single pixel value" if values is None else f"one of {values:,} pixel values")


def _buttons(settings: Settings | None, now: Contest | None) -> None:
    running = now is not None and now.running
    ready = settings is not None and bool(settings.optimizers)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Start the race" if now is None else "Start anew",
            icon=":material/flag:",
            type="primary",
            key="race_image_start",
            disabled=running or not ready,
            on_click=_start,
            args=(settings,),
            help="Each optimizer gets a copy of the picture. On a photo it takes a while; you may stop it.",
        )
        st.button(
            "Stop",
            icon=":material/stop:",
            key="race_image_stop",
            disabled=not running,
            on_click=_run,
            args=(False,),
            help="What is done so far stays; you may go on later.",
        )
        if now is not None and not running and not now.finished:
            st.button(
                "Go on",
                icon=":material/play_arrow:",
                key="race_image_on",
                on_click=_run,
                args=(True,),
                help="From where it stands.",
            )
        if now is not None and not running and now.shared.finished and now.sweep is None:
            st.button(
                "Now each at its best rate",
                icon=":material/tune:",
                key="race_image_own",
                on_click=_best,
                help=f"Tries {len(RATES)} rates for each optimizer, {TRIES} iterations each, then races on.",
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
        f"Shown below is the race on {escaped(s.subject.title, 'page')} towards “{s.wanted}” at rate "
        f"{s.lr:g} with {s.classifier.title}. “Start anew” takes the settings on the left."
    )


@one_thread()
def _first_look(settings: Settings) -> None:
    """The picture, and what the classifier sees in it before anybody touches it."""
    chances = settings.classifier.probabilities(settings.subject.picture)
    top = settings.classifier.top(chances)
    show, say = st.columns([1, 1.6], gap="medium", vertical_alignment="center")
    with show:
        st.image(photo(settings.subject.picture.numpy(), size=448), width=260, alt=settings.subject.title)
    with say:
        st.markdown(f"**{settings.classifier.title} sees**")
        chart(
            bars(
                [value for _, value in top],
                [name for name, _ in top],
                [BLUE if name != settings.wanted else GRAY for name, _ in top],
                height=190,
            ),
            "race_image_sees",
            still=True,
        )
        rank = int((chances > chances[settings.target]).sum()) + 1
        known = f" It is {article(f'**{settings.subject.label}**')}." if settings.subject.label else ""
        st.markdown(
            f"“{settings.wanted}” has a probability of {number(float(chances[settings.target]), 2)}: "
            f"place {rank} of {len(settings.classifier.labels):,}.{known}"
        )


def _get(name: str) -> None:
    """A classifier whose weights are not here: what can be done about it."""
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
