"""Terms about losses, epochs and what can go wrong while a network learns."""

from core.glossary.term import Term

TERMS = (
    Term(
        "loss",
        "损失",
        "The number that training lowers: how wrong the predictions are.",
        r"L = \frac{1}{N} \sum_n \ell(\hat y_n, y_n)",
        aliases=("loss function", "损失函数", "代价函数"),
    ),
    Term(
        "cross-entropy",
        "交叉熵",
        "The loss of a classifier: minus the logarithm of the probability it gave to the true class.",
        r"\ell = -\log \hat y_{\text{true}}",
        "torch.nn.CrossEntropyLoss",
        ("negative log-likelihood", "log loss", "交叉熵损失", "负对数似然"),
    ),
    Term(
        "nat",
        "奈特",
        "The unit of information, and of cross-entropy, that goes with natural logarithms; 1 bit is 0.693 of it.",
        r"1\ \text{bit} = \ln 2\ \text{nats}",
        aliases=("nats",),
    ),
    Term(
        "mean squared error",
        "均方误差",
        "The average of the squared differences between prediction and target.",
        r"\mathrm{MSE} = \frac{1}{N} \sum_n (\hat y_n - y_n)^2",
        "torch.nn.MSELoss",
        ("MSE", "squared error", "平方误差"),
    ),
    Term(
        "reduction",
        "归约方式",
        "How the losses of a batch become one number: their mean or their sum.",
        r"\frac{1}{B} \sum_n \ell_n \quad \text{or} \quad \sum_n \ell_n",
        'torch.nn.CrossEntropyLoss(reduction="mean")',
    ),
    Term(
        "training loss",
        "训练损失",
        "The loss on the examples a network is learning from, as opposed to that on validation examples.",
        aliases=("validation loss", "验证损失"),
    ),
    Term(
        "label smoothing",
        "标签平滑",
        "Training toward a little less than 1 for the true class and a little more than 0 for the others.",
        r"y_k^{\text{smooth}} = (1 - \alpha)\, y_k + \frac{\alpha}{K}",
        "torch.nn.CrossEntropyLoss(label_smoothing=…)",
    ),
    Term(
        "epoch",
        "训练轮次",
        "One pass over all training examples.",
        r"\lceil N / B \rceil \ \text{steps}",
        aliases=("轮次", "回合"),
    ),
    Term(
        "hyperparameter",
        "超参数",
        "A setting chosen before training, such as the learning rate; it is not learned.",
        aliases=("hyperparameters",),
    ),
    Term(
        "learning curve",
        "学习曲线",
        "A chart of loss or accuracy against training steps, for training and validation data.",
        aliases=("training curve", "训练曲线"),
    ),
    Term(
        "convergence",
        "收敛",
        "Steps that bring the loss ever closer to a value from which it hardly changes.",
        r"\lim_{t \to \infty} W_t = W^*",
    ),
    Term(
        "divergence",
        "发散",
        "Steps so large that the loss grows from step to step until it is NaN, no longer a number.",
        r"\eta > \frac{2}{f''} \ \Rightarrow\ |x_t| \to \infty",
        aliases=("diverged", "NaN"),
    ),
    Term(
        "overfitting", "过拟合", "Fitting the noise of the training examples: low training loss, high validation loss."
    ),
    Term("underfitting", "欠拟合", "Too few units or too little training to follow the data at all."),
    Term(
        "model capacity",
        "模型容量",
        "How intricate the functions are that a network can represent; it grows with its units and layers.",
        aliases=("model complexity", "模型复杂度"),
    ),
    Term(
        "generalization",
        "泛化",
        "How well what was learned from the training examples holds for new ones.",
        r"L_{\text{test}} - L_{\text{train}}",
        aliases=("generalization gap", "泛化能力"),
    ),
    Term(
        "regularization",
        "正则化",
        "Anything that keeps a network from fitting noise, such as weight decay, dropout or early stopping.",
        r"L + \lambda \lVert W \rVert_2^2",
    ),
    Term(
        "weight decay",
        "权重衰减",
        "Shrinking every weight a little in each step, so that only those that lower the loss stay large.",
        r"W \leftarrow (1 - \eta \lambda)\, W - \eta\, \nabla L",
        "torch.optim.AdamW(weight_decay=…)",
        ("L2 regularization", "L2 正则化"),
    ),
    Term(
        "early stopping",
        "早停法",
        "Keeping the weights of the epoch with the lowest validation loss, and training no further once it rises.",
        aliases=("提前停止", "patience"),
    ),
    Term(
        "checkpoint",
        "检查点",
        "The weights of a network as saved to a file during or after training; the best one has the lowest "
        "validation loss.",
        pytorch="torch.nn.Module.state_dict",
        aliases=("best checkpoint", "最佳检查点"),
    ),
    Term(
        "grid search",
        "网格搜索",
        "Training once with every combination of the chosen values of hyperparameters.",
        aliases=("hyperparameter sweep", "sweep", "超参数搜索"),
    ),
    Term(
        "reproducibility",
        "可复现性",
        "Whether the same experiment, done again, gives the same result.",
        pytorch="torch.use_deterministic_algorithms",
        aliases=("可重复性",),
    ),
)
