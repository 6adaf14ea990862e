"""Terms about curves through points, and about networks that read words."""

from core.glossary.term import Term

TERMS = (
    Term("regression", "回归", "Predicting a number instead of a class.", r"\hat y = f(x) \in \mathbb{R}"),
    Term("residual", "残差", "The difference y − ŷ between the target and the prediction.", r"r_n = y_n - \hat y_n"),
    Term(
        "noise",
        "噪声",
        "Random changes of the data that no function of the input explains.",
        r"y_n = f(x_n) + \epsilon_n, \quad \epsilon_n \sim \mathcal{N}(0, \sigma^2)",
    ),
    Term(
        "recurrent network",
        "循环神经网络",
        "A network that processes a sequence element by element and carries a hidden state along.",
        r"h_t = \tanh(W x_t + U h_{t-1} + b)",
        "torch.nn.RNN",
        ("RNN", "recurrent neural network"),
    ),
    Term(
        "time step",
        "时间步",
        "The reading of one element of a sequence, here of one character.",
        aliases=("sequence", "序列"),
    ),
    Term(
        "hidden state",
        "隐状态",
        "The numbers that a recurrent network carries from one character to the next.",
        r"h_t = f(x_t, h_{t-1})",
        aliases=("隐藏状态",),
    ),
    Term(
        "gate",
        "门",
        "A number between 0 and 1 that decides how much of a signal passes.",
        r"g = \sigma(W x_t + U h_{t-1} + b)",
        aliases=("门控", "门控机制"),
    ),
    Term(
        "GRU",
        "门控循环单元",
        "The gated recurrent unit: its gates decide how much of the hidden state is kept and how much overwritten.",
        r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}",
        "torch.nn.GRU",
        ("gated recurrent unit",),
    ),
    Term(
        "update gate",
        "更新门",
        "The part of a GRU that decides, for each number of the hidden state, between keeping it and replacing it.",
        r"z_t = \sigma(W_z x_t + U_z h_{t-1} + b_z)",
    ),
    Term(
        "reset gate",
        "重置门",
        "The part of a GRU that decides how much of the old hidden state the candidate may look at.",
        r"r_t = \sigma(W_r x_t + U_r h_{t-1} + b_r)",
    ),
    Term(
        "candidate state",
        "候选隐状态",
        "The new values that a GRU proposes for its hidden state; the update gate mixes them with the old ones.",
        r"n_t = \tanh(W_n x_t + r_t \odot U_n h_{t-1} + b_n)",
        aliases=("candidate hidden state", "候选隐藏状态"),
    ),
    Term(
        "LSTM",
        "长短期记忆网络",
        "A recurrent network with a cell state besides its hidden state and three gates to write, keep and read it.",
        r"\begin{gathered} c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t \\ h_t = o_t \odot \tanh(c_t) \end{gathered}",
        "torch.nn.LSTM",
        ("long short-term memory",),
    ),
    Term(
        "character n-grams",
        "字符 n 元语法",
        "All pieces of n neighboring characters of a word.",
        aliases=("n-gram", "n 元组"),
    ),
    Term(
        "logistic regression",
        "逻辑斯谛回归",
        "A linear classifier: a weighted sum of the features for each class, then a softmax.",
        r"\hat y = \operatorname{softmax}(W x + b)",
        aliases=("softmax regression", "linear classifier", "逻辑回归", "softmax 回归", "线性分类器"),
    ),
)
