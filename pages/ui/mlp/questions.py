"""Experiments in one click: a question, what it changes, what to compare it with, and the answer."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.config.run import RunConfig
from core.formatting import percent
from core.jobs.training_job import Job
from core.recipes.sources import SLIDES
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
    "Sum of the losses": Question(
        f"{SLIDES}: the loss is summed over a batch. PyTorch averages it. What does that change?",
        "mlp-autograd",
        {"reduction": "sum"},
        "The sum over 128 images is 128 times the mean, and so is its gradient: the sum with learning rate 0.01 makes "
        "the same steps as the mean with learning rate 1.28. The learning rate was simply too small.",
    ),
    "Standard normal initialization": Question(
        "Why is the accuracy so much lower when all weights are initialized with `torch.randn`?",
        "mlp-autograd",
        {"init": "normal", "init_output": "normal"},
        "Hundreds of inputs with weights of size 1 add up to pre-activations around ±10. There the sigmoid is "
        "saturated: its derivative is nearly 0, and so is the gradient. *Inside → Initialization* measures it.",
    ),
    "Standard normal output layer": Question(
        "Which weights are the cause, $W_h$ of the hidden layer or $W_o$ of the output layer?",
        "mlp-autograd",
        {"init_output": "normal"},
        "With a small $W_h$ the sigmoids are not saturated, and the larger $W_o$ even makes the gradients of the "
        "hidden layer larger: it learns faster. So $W_h$ is the cause.",
    ),
    "Learning rate too high": Question(
        "What does a learning rate that is far too high look like?",
        "mlp-deep",
        {"lr": 3.0},
        "Each step overshoots and the next gradient is even larger, until the loss becomes NaN: the run diverges. "
        "It stops by itself and says what to try.",
    ),
}


def questions(job: Job | None) -> None:
    """The buttons; and for the run that one of them started, its question, its changes and the answer."""
    active = job is not None and job.snapshot.active
    st.caption("Experiments: one click sets one up and starts the run")
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
            f"**{asked.ask}**  \nChanged in {asked.recipe}: {changed}. For comparison, with its own settings it has a "
            f"test accuracy of {percent(facts['test_accuracy'])} after {facts['epochs']:g} epochs on "
            f"{facts['n_train']:,} images."
        )
        with st.expander("Answer", icon=":material/lightbulb:"):
            st.markdown(asked.answer)


def _try(question: Question) -> None:
    """Callback: the recipe with these changes, started."""
    controls.reset(question.recipe)
    controls.apply(question.recipe, question.changes)
    st.session_state[RECIPE] = question.recipe
    start_run(question.config)
