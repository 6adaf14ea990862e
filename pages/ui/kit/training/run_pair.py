"""Two runs side by side, steered as one: their ids in the address, found again after a reload."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.config.errors import LabError, NotFound
from core.config.escaping import escaped
from core.config.run import RunConfig
from core.jobs.job_pair import Pair
from core.jobs.training_job import Job, start_training
from core.storage.runs import RunRecord
from pages.ui.kit.shell import cache, state
from pages.ui.kit.shell.owner import owner
from pages.ui.kit.shell.places import Place, not_here


@dataclass(frozen=True)
class TwoRuns:
    """Where one page keeps the pair it looks at.

    first, second: URL parameters and session keys of the two jobs. shown: session key of the run whose
    settings the controls show. problem: session key of the reason why the last pair could not start. where:
    the part of the page that shows it.
    """

    first: str
    second: str
    shown: str
    problem: str
    where: Place

    def current(self) -> Pair | None:
        """The pair that the address or this session names, adopted by this session; None if it is gone."""
        names = self._names()
        if names is None:
            return None
        try:
            for name in names:
                cache.registry().adopt(name, state.session_id(), Job)
            return _pair_of(*names)
        except NotFound:
            return None

    def newly_found(self, pair: Pair) -> bool:
        """Whether the controls have yet to show this pair's settings (after a reload); says so only once."""
        name = pair.jobs[0].job_id
        if st.session_state.get(self.shown) == name:
            return False
        st.session_state[self.shown] = name
        return True

    def start(self, configs: Sequence[RunConfig]) -> None:
        """Submit both runs and put their ids into the address; a problem is kept to be shown."""
        jobs: list[Job] = []
        try:
            for config in configs:
                job = start_training(cache.registry(), config, cache.mnist(), session=state.session_id(), owner=owner())
                jobs.append(job)
        except LabError as error:  # the queue is full: who came in goes out again
            for job in jobs:
                job.stop()
            st.session_state[self.problem] = escaped(str(error), "page")
            return
        file, parameters = self.where
        pair = {self.first: jobs[0].job_id, self.second: jobs[1].job_id}
        for job in jobs:
            job.opens = file, {**parameters, **pair}
        st.session_state[self.shown] = jobs[0].job_id
        state.remember(self.first, jobs[0].job_id)
        state.remember(self.second, jobs[1].job_id)

    def trouble(self) -> str | None:
        """Why the last pair could not start, once."""
        problem: str | None = st.session_state.pop(self.problem, None)
        return problem

    def recorded(self) -> tuple[RunRecord, RunRecord] | None:
        """The two runs on record that the address names, announced in a line; None where it names none.

        If they are not on record either, it says so and forgets their names.
        """
        names = self._names()
        if names is None:
            return None
        try:
            ours, theirs = (cache.run_store().get(name) for name in names)
        except NotFound:
            not_here("Those runs are", "Press *Train both* to start them here.")
            state.remember(self.first, None)
            state.remember(self.second, None)
            return None
        st.markdown(f":material/history: **Recorded runs**, {ours.status} and {theirs.status}.")
        return ours, theirs

    def _names(self) -> tuple[str, str] | None:
        first, second = state.recall(self.first), state.recall(self.second)
        return None if first is None or second is None else (first, second)


@st.cache_resource(show_spinner=False, max_entries=8)
def _pair_of(first: str, second: str) -> Pair:
    """One Pair for all who look at it: it remembers where its two runs are to meet."""
    return Pair(cache.registry().get(first, Job), cache.registry().get(second, Job))
