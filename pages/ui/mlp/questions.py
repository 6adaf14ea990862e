"""Experiments in one click: a question, what it changes, what to compare it with, and the answer."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.config.run import RunConfig
from core.formatting import percent
from core.jobs.training_job import Job
from core.recipes.texts import RECIPES
from pages.ui.kit.shell.cache import shipped_model
from pages.ui.kit.training import controls
from pages.ui.mlp.train import RECIPE, start_run


@dataclass(frozen=True)
class Question:
    """What is asked, on which recipe, with which settings changed, and why it comes out as it does."""

    ask: str
    recipe: str
    changes: dict[str, Any]
    answer: str

    @property
    def config(self) -> RunConfig:
        return RECIPES[self.recipe].config.with_settings(self.changes)


QUESTIONS = {
    "Sum the loss": Question(
        "The slides add the loss up over a batch where PyTorch averages it. What does that change?",
        "mlp-autograd",
        {"reduction": "sum"},
        "The sum over 128 images is 128 times the mean, and so is its gradient: summing at rate 0.01 makes "
        "the same steps as averaging at rate 1.28. The rate was simply too small.",
    ),
    "Standard normal start": Question(
        "Why does `torch.randn` for all first weights do so much worse?",
        "mlp-autograd",
        {"init": "normal", "init_output": "normal"},
        "Hundreds of inputs with weights of size 1 add up to numbers around ±10. There the sigmoid is flat "
        "and lets almost no gradient through. *Inside → The start* measures it.",
    ),
    "Normal, last layer only": Question(
        "Is it the first layer's $W_h$ or the last layer's $W_o$ that does the damage?",
        "mlp-autograd",
        {"init_output": "normal"},
        "With a small $W_h$ the sigmoids stay steep, and the larger $W_o$ even sends larger gradients back: "
        "it learns faster. So $W_h$ did the damage.",
    ),
    "Rate too high": Question(
        "What does a learning rate that is far too high look like?",
        "mlp-deep",
        {"lr": 3.0},
        "Each step overshoots, the next gradient is larger still, and soon the numbers fit into no float. "
        "The run stops by itself and says what to try.",
    ),
}


def questions(job: Job | None) -> None:
    """The buttons; and for the run that one of them started, its question, its changes and the answer."""
    active = job is not None and job.snapshot.active
    st.caption("Try a question: one click sets it up and starts it")
    with st.container(horizontal=True, gap="small"):
        for label, question in QUESTIONS.items():
            st.button(
                label, key=f"mlp_try_{label}", help=question.ask, disabled=active, on_click=_try, args=(question,)
            )
    if job is None:
        return
    asked = next((q for q in QUESTIONS.values() if q.config == job.start), None)
    if asked is not None:
        changed = ", ".join(f"{name} = {value}" for name, value in asked.changes.items())
        facts = shipped_model(asked.recipe).provenance
        st.markdown(
            f"**{asked.ask}**  \nChanged on {asked.recipe}: {changed}. To compare: its own settings reach "
            f"{percent(facts['test_accuracy'])} after {facts['epochs']:g} epochs of {facts['n_train']:,} "
            f"images."
        )
        with st.expander("The answer", icon=":material/lightbulb:"):
            st.markdown(asked.answer)


def _try(question: Question) -> None:
    """Callback: the recipe with these changes, started."""
    controls.reset(question.recipe)
    controls.apply(question.recipe, question.changes)
    st.session_state[RECIPE] = question.recipe
    start_run(question.config)
