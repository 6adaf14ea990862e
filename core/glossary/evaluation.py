"""Terms about how good a network is, and how certain one may be of that."""

from core.glossary.term import Term

TERMS = (
    Term(
        "accuracy",
        "准确率",
        "The share of images classified correctly.",
        r"\frac{1}{N} \sum_n [\hat y_n = y_n]",
        aliases=("test accuracy", "正确率"),
    ),
    Term(
        "misclassification",
        "误分类",
        "A prediction other than the true class; the error rate is the share of them.",
        r"1 - \text{accuracy}",
        aliases=("error rate", "misclassified", "错误率"),
    ),
    Term("baseline", "基线", "A simple method whose accuracy any better one must beat.", aliases=("基准方法",)),
    Term(
        "chance level",
        "随机猜测水平",
        "The accuracy of random answers: 10% for ten equally frequent digits, a cross-entropy of ln 10 ≈ 2.30.",
        r"\frac{1}{K}, \qquad -\log \frac{1}{K} = \log K",
        aliases=("guessing", "随机水平"),
    ),
    Term(
        "confusion matrix",
        "混淆矩阵",
        "A table that counts, for every true class, how often each class was predicted.",
        r"C_{ij} = \#\{n : y_n = i,\ \hat y_n = j\}",
    ),
    Term(
        "confidence",
        "置信度",
        "The largest predicted probability.",
        r"\max_k \hat y_k",
        aliases=("most confident errors",),
    ),
    Term(
        "calibration",
        "校准",
        "How well confidence agrees with accuracy: at 80% confidence 80% of predictions should be correct.",
        r"P(\hat y = y \mid \text{confidence} = c) = c",
    ),
    Term(
        "reliability diagram",
        "可靠性图",
        "A chart of accuracy against confidence, in bins; calibrated predictions lie on its diagonal.",
    ),
    Term(
        "expected calibration error",
        "期望校准误差",
        "The mean gap between confidence and accuracy over bins, each weighted by its number of predictions.",
        r"\mathrm{ECE} = \sum_b \frac{n_b}{N} \big| \mathrm{acc}_b - \mathrm{conf}_b \big|",
        aliases=("ECE",),
    ),
    Term(
        "temperature scaling",
        "温度缩放",
        "Dividing all logits by one number fitted on validation images, to mend calibration.",
        r"\hat y = \operatorname{softmax}(z / T)",
    ),
    Term(
        "confidence interval",
        "置信区间",
        "A range computed so that in 95% of repetitions it contains the true value.",
        r"\hat p \pm 1.96 \sqrt{\frac{\hat p (1 - \hat p)}{n}}",
    ),
    Term(
        "Wilson interval",
        "威尔逊区间",
        "A confidence interval for a share k of n that also holds for few examples and near 0% and 100%.",
        r"\frac{\hat p + \frac{z^2}{2n} \pm z \sqrt{\frac{\hat p (1 - \hat p)}{n} + \frac{z^2}{4 n^2}}}"
        r"{1 + \frac{z^2}{n}}",
    ),
    Term(
        "bootstrap",
        "自助法",
        "Estimating how certain a result is by computing it again on random draws, with repetition, of the same data.",
        aliases=("resampling", "重采样"),
    ),
    Term(
        "paired test",
        "配对检验",
        "A comparison of two networks on the same images, by those alone on which they disagree.",
        aliases=("significance test", "显著性检验"),
    ),
    Term(
        "McNemar's test",
        "麦克尼马尔检验",
        "A paired test: were both networks equally good, each would win half of the images on which they disagree.",
        r"\begin{gathered} p = 2\, P(X \le \min(b, c)) \\ X \sim \mathrm{Bin}(b + c,\ \tfrac12) \end{gathered}",
        aliases=("sign test", "符号检验"),
    ),
    Term("p-value", "p 值", "The probability of a difference at least this large if there were none but chance."),
    Term(
        "parallel coordinates plot",
        "平行坐标图",
        "A chart with one axis for each setting, on which every run is a line across all of them.",
    ),
)
