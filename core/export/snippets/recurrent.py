"""A recurrent network as text: for the "Show the code" panels and for whole scripts."""

from core.config.language import ALPHABET, LANGUAGES, RecurrentConfig
from core.export.snippets.words import PANEL, CodeContext, number

_CELLS = {"gru": "GRU", "lstm": "LSTM", "rnn": "RNN"}


def network_code(config: RecurrentConfig, around: CodeContext = PANEL) -> str:
    """An nn.Module from characters (N, L), −1 after a word's end, to a score for each language."""
    letters, languages = len(ALPHABET), len(LANGUAGES)
    ends = "self.drop(ends)" if config.dropout else "ends"
    lines = [
        "class Reader(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        f"        self.cell = nn.{_CELLS[config.cell]}({letters}, {config.units}, batch_first=True)",
        *([f"        self.drop = nn.Dropout({number(config.dropout)})"] if config.dropout else []),
        f"        self.out = nn.Linear({config.units}, {languages})",
        "",
        "    def forward(self, characters):                # (N, L) places in the alphabet",
        "        last = (characters >= 0).sum(1) - 1       # where each word ends",
        "        characters = characters[:, : int(last.max()) + 1]",
        f"        hot = nn.functional.one_hot(characters.clamp_min(0), {letters}).float()",
        "        hot = hot * (characters >= 0).unsqueeze(2)",
        "        states, _ = self.cell(hot)                # one character after the other",
        "        ends = states[torch.arange(len(states)), last]",
        f"        return self.out({ends})",
        "",
        *([""] if around.whole else []),
        "network = Reader()",
    ]
    if around.whole:
        lines += [
            'weights = stream("weights")',
            f"bound = {config.units} ** -0.5  # PyTorch's own start",
            "for parameter in network.parameters():",
            "    nn.init.uniform_(parameter, -bound, bound, generator=weights)",
        ]
    return "\n".join(lines)
