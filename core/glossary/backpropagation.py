"""Terms about derivatives and how they are computed."""

from core.glossary.term import Term

TERMS = (
    Term(
        "partial derivative",
        "偏导数",
        "How fast a value changes when one of its inputs changes and all others stay as they are.",
        r"\frac{\partial L}{\partial w} = \lim_{\varepsilon \to 0} \frac{L(w + \varepsilon) - L(w)}{\varepsilon}",
        aliases=("derivative", "导数"),
    ),
    Term(
        "gradient",
        "梯度",
        "The derivatives of the loss with respect to all weights (or pixels): where it rises, and how fast.",
        r"\nabla_W L = \Big( \frac{\partial L}{\partial w_1}, \dots, \frac{\partial L}{\partial w_n} \Big)",
        "torch.Tensor.grad",
    ),
    Term(
        "chain rule",
        "链式法则",
        "The derivative of nested functions is the product of their derivatives.",
        r"\frac{\partial L}{\partial W} = "
        r"\frac{\partial L}{\partial a} \cdot \frac{\partial a}{\partial z} \cdot \frac{\partial z}{\partial W}",
    ),
    Term(
        "computation graph",
        "计算图",
        "The operations that led to a value, each with the values it took and gave.",
        pytorch="torch.Tensor.grad_fn",
        aliases=("computational graph",),
    ),
    Term(
        "automatic differentiation",
        "自动微分",
        "Exact derivatives computed by the chain rule from the recorded operations; PyTorch calls it autograd.",
        pytorch="torch.autograd",
        aliases=("autograd", "自动求导"),
    ),
    Term(
        "backpropagation",
        "反向传播",
        "The chain rule applied layer by layer from the loss back to the first weights.",
        r"\delta_l = \big( W_{l+1}^\top\, \delta_{l+1} \big) \odot \sigma'(z_l)",
        "torch.Tensor.backward",
        ("backward pass", "误差反向传播算法", "后向传播"),
    ),
    Term(
        "error term",
        "误差项",
        "The derivative δ of the loss with respect to a pre-activation; at the outputs of a softmax it is ŷ − y.",
        r"\delta = \frac{\partial \ell}{\partial z}, \qquad \delta_{\text{out}} = \hat y - y",
        aliases=("delta", "error signal"),
    ),
    Term(
        "finite differences",
        "有限差分",
        "A derivative measured from the values of the function a small step to either side.",
        r"\frac{\partial L}{\partial w} \approx \frac{L(w + \varepsilon) - L(w - \varepsilon)}{2 \varepsilon}",
        aliases=("numerical differentiation", "central difference", "数值微分", "中心差分"),
    ),
    Term(
        "gradient check",
        "梯度检验",
        "Comparing a gradient computed by formula with one measured by finite differences.",
        pytorch="torch.autograd.gradcheck",
        aliases=("gradcheck", "梯度检查"),
    ),
    Term(
        "floating-point precision",
        "浮点精度",
        "How many digits a number is stored with: about 7 in float32, 16 in float64; every result is rounded to them.",
        pytorch="torch.finfo",
        aliases=("float32", "float64", "rounding error", "舍入误差"),
    ),
    Term(
        "vanishing gradient",
        "梯度消失",
        "A gradient that shrinks from layer to layer on its way back to the first.",
        r"\prod_l \big\lVert W_l^\top \operatorname{diag} \sigma'(z_l) \big\rVert \to 0",
    ),
    Term(
        "exploding gradient",
        "梯度爆炸",
        "A gradient that grows from layer to layer on its way back, until steps are far too large.",
        r"\prod_l \big\lVert W_l^\top \operatorname{diag} \sigma'(z_l) \big\rVert \to \infty",
    ),
    Term(
        "matrix product",
        "矩阵乘法",
        "The table of all products of a row of one matrix with a column of another, each summed up.",
        r"(A B)_{ij} = \sum_k A_{ik}\, B_{kj}",
        "torch.matmul",
        ("matrix multiplication", "矩阵乘积"),
    ),
    Term(
        "vectorization",
        "向量化",
        "Computing with whole matrices instead of a loop over the examples.",
        r"\frac{\partial L}{\partial W} = \delta^\top X \quad \text{instead of} \quad \sum_n \delta_n\, x_n^\top",
        aliases=("矢量化",),
    ),
)
