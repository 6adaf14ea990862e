"""Which network is attacked: a pretrained one, one just trained on any page, a saved run or an uploaded file."""

import streamlit as st

from core.config.errors import LabError
from core.config.escaping import escaped
from core.config.run import CNNConfig, MLPConfig
from core.jobs.training_job import Job
from core.models.trained_network import TrainedNetwork
from core.recipes.uploads import read_upload
from core.storage.checkpoints import LARGEST, shipped
from core.training import memory
from pages.ui.kit.network.network_picker import (
    Option,
    as_it_came,
    job_option,
    pick_network,
    recorded,
    run_options,
    shipped_options,
)
from pages.ui.kit.shell import cache, choices, state

KINDS = (MLPConfig, CNNConfig)
FIRST = ("cnn-bn", "cnn-robust")  # the standard network and the adversarially trained one
UPLOAD = "upload"


def victim(key: str, label: str = "Network to attack") -> TrainedNetwork:
    """A picker of every network at hand and, where asked for, a field to upload one.

    key: of the select box. Raises ConfigError for a network too large to be attacked on this machine.
    """
    jobs = {
        job.job_id: job.snapshot
        for job in cache.registry().watched_by(state.session_id(), Job)
        if job.snapshot.weights is not None and isinstance(job.snapshot.config.model, KINDS)
    }
    names = sorted(shipped(), key=lambda name: (name not in FIRST, name))
    names = [name for name in names if isinstance(cache.shipped_model(name).config.model, KINDS)]
    options = {
        **shipped_options(names),
        **{f"job:{id}": job_option(snapshot, "Just trained: {recipe} · {id}") for id, snapshot in jobs.items()},
        **run_options([run for run in recorded(KINDS) if run.run_id not in jobs]),
        UPLOAD: Option("Upload a network (.safetensors)", lambda: _uploaded(key, names[0])),
    }
    found = pick_network(
        label,
        options,
        key,
        help="A pretrained network (with its test accuracy), a run of this session, a saved run, or a file.",
        kind=choices.NETWORK,
    )
    memory.check(memory.of_attack(found.config.model, memory.ATTACKED), "An attack on this network")
    return found


def _uploaded(key: str, stand_in: str) -> TrainedNetwork:
    """The network in a file that the reader brings; until there is one, the shipped one that stands in for it.

    A file that is too large or of another kind is refused by the browser already, which marks it red and tells this
    script nothing.
    """
    instead = as_it_came(stand_in, stand_in)
    file = st.file_uploader(
        "A network of your own",
        type=["safetensors"],
        key=f"{key}_file",
        max_upload_size=LARGEST // 2**20,
        help="Weights of one of the recipes' networks, or any network that Digit Lab saved. Nothing in the "
        "file is executed.",
    )
    if file is None:
        st.caption(
            f"Choose a .safetensors file of at most {LARGEST // 2**20} MB; one marked red was refused. "
            f"Until then, {stand_in} is used."
        )
        return instead
    try:
        network = _read(file.file_id, file.name, file.getvalue())
    except LabError as error:
        st.error(f"{escaped(str(error), 'page')} Until then, {stand_in} is used.", icon=":material/upload_file:")
        return instead
    st.caption(f"Recognized as the network of the recipe {escaped(network.config.recipe, 'page')}.")
    return network


@st.cache_resource(max_entries=4, show_spinner="Reading the file…")
def _read(file_id: str, name: str, _content: bytes) -> TrainedNetwork:
    return read_upload(_content, name, file_id)
