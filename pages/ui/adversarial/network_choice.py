"""Which network is attacked: one that came along, one just trained on any page, one on record or brought."""

import streamlit as st

from core.config.errors import LabError
from core.config.escaping import clean, escaped
from core.config.run import CNNConfig, MLPConfig
from core.jobs.training_job import Job
from core.models.trained_network import TrainedNetwork
from core.recipes.uploads import read_upload
from core.storage.checkpoints import LARGEST, shipped
from core.training import memory
from pages.ui.kit.network.network_picker import as_it_came, caption_of, on_record, record_title, recorded, running
from pages.ui.kit.network.trained_network import Trained
from pages.ui.kit.shell import cache, state

KINDS = (MLPConfig, CNNConfig)
FIRST = ("cnn-bn", "cnn-robust")  # the standard network and the one that was trained on attacks
UPLOAD = "upload"


def victim(key: str, label: str = "Network to attack") -> Trained:
    """A select box over every network at hand and, where asked for, a field to upload one.

    key: of the select box. Raises ConfigError for a network too large to be attacked on this machine.
    """
    found = _chosen(key, label)
    memory.check(memory.of_attack(found.config.model, memory.ATTACKED), "An attack on this network")
    return found


def _chosen(key: str, label: str) -> Trained:
    jobs = {
        f"job:{job.job_id}": job.snapshot
        for job in cache.registry().watched_by(state.session_id(), Job)
        if job.snapshot.weights is not None and isinstance(job.snapshot.config.model, KINDS)
    }
    names = sorted(shipped(), key=lambda name: (name not in FIRST, name))
    names = [name for name in names if isinstance(cache.shipped_model(name).config.model, KINDS)]
    runs = {f"run:{run.run_id}": run for run in recorded(KINDS) if f"job:{run.run_id}" not in jobs}
    options = {f"shipped:{name}": f"As it came: {name}" for name in names}
    options |= {name: f"Just trained: {job.config.recipe} · {job.job_id}" for name, job in jobs.items()}
    options |= {name: record_title(run) for name, run in runs.items()}
    options[UPLOAD] = "Bring your own (.safetensors)"
    if st.session_state.get(key) not in options:
        st.session_state.pop(key, None)
    picked = st.selectbox(
        label,
        list(options),
        format_func=lambda name: options[name],
        key=key,
        persist_state="session",
        help="One that came with Digit Lab, a run of this session on any page, a run on record, or a file.",
    )
    if picked == UPLOAD:
        return _uploaded(key, names[0]) or as_it_came(names[0], options[f"shipped:{names[0]}"])
    if picked in jobs:
        caption_of(jobs[picked])
        return running(jobs[picked], options[picked])
    if picked in runs:
        return on_record(runs[picked])
    return as_it_came(picked.partition(":")[2], options[picked])


def _uploaded(key: str, stand_in: str) -> Trained | None:
    """The network in a file that the reader brings; None, with a sentence, until there is one.

    stand_in: what is attacked in the meantime, for the sentence. A file that is too large or of another kind
    is refused by the browser already, which marks it red and tells this script nothing.
    """
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
            f"Until then {stand_in} stands in."
        )
        return None
    try:
        checkpoint = _read(file.file_id, file.name, file.getvalue())
    except LabError as error:
        st.error(f"{escaped(str(error), 'page')} Until then {stand_in} stands in.", icon=":material/upload_file:")
        return None
    st.caption(f"Read as the network of the recipe {escaped(checkpoint.config.recipe, 'page')}.")
    return Trained(
        f"upload:{file.file_id}", f"Uploaded: {clean(file.name)}", checkpoint.config, checkpoint.model, checkpoint.model
    )


@st.cache_resource(max_entries=4, show_spinner="Reading the file…")
def _read(file_id: str, name: str, _content: bytes) -> TrainedNetwork:
    return read_upload(_content, name)
