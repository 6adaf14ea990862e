"""A recurrent network: one character after the other, with a memory of what came before.

There are few characters: each is a one-hot vector, an embedding layer would save nothing. The hidden state
after the last character goes through one linear layer, as in the course project's task 4.
"""

import math

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from core.config.language import ALPHABET, LANGUAGES, RecurrentConfig
from core.models.layers import SeededDropout

_CELLS = {"gru": nn.GRU, "lstm": nn.LSTM, "rnn": nn.RNN}


class Recurrent(nn.Module):
    """Characters (N, L) int64, places in ALPHABET, −1 after a word's end, to logits (N, 5).

    cell: nn.GRU, nn.LSTM or nn.RNN of one layer. out: the linear layer after it.

    Batches are padded, not packed: packing spares the padding's arithmetic, but on one thread and batches of
    64 words it makes a training step of the GRU only 1.3 times as fast, and that of the LSTM a third slower.
    """

    def __init__(self, config: RecurrentConfig, generator: Generator) -> None:
        super().__init__()
        self.normalize: nn.Module = nn.Identity()
        self.cell = _CELLS[config.cell](len(ALPHABET), config.units, batch_first=True)
        self.drop: nn.Module = SeededDropout(config.dropout) if config.dropout else nn.Identity()
        self.out = nn.Linear(config.units, len(LANGUAGES))
        bound = 1 / math.sqrt(config.units)  # PyTorch's own start, from the run's generator
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.uniform_(-bound, bound, generator=generator)

    def states(self, characters: Tensor) -> Tensor:
        """The hidden state after every character (N, L, units); what follows a word's end means nothing."""
        hot = functional.one_hot(characters.clamp_min(0), len(ALPHABET)).to(self.out.weight.dtype)
        states: Tensor = self.cell(hot * (characters >= 0).unsqueeze(2))[0]
        return states

    def forward(self, characters: Tensor) -> Tensor:
        """The state after each word's own last character decides; padding after it changes nothing."""
        last = ((characters >= 0).sum(1) - 1).clamp_min(0)
        longest = int(last.max()) + 1 if len(characters) else 1
        states = self.states(characters[:, :longest])
        ends = states[torch.arange(len(characters), device=characters.device), last]
        logits: Tensor = self.out(self.drop(ends))
        return logits
