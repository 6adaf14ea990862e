"""Terms about convolutional networks and what can be seen inside them."""

from core.glossary.term import Term

TERMS = (
    Term(
        "convolutional neural network",
        "卷积神经网络",
        "A network whose first layers are convolutions, so that it looks for the same patterns everywhere in an image.",
        aliases=("CNN", "ConvNet"),
    ),
    Term(
        "convolution",
        "卷积",
        "The same small kernel applied at every place of an image.",
        r"y[i, j] = b + \sum_{u, v} w[u, v]\; x[i + u,\, j + v]",
        "torch.nn.Conv2d",
        ("convolutional layer", "卷积层"),
    ),
    Term(
        "cross-correlation",
        "互相关",
        "What deep learning calls convolution: the kernel is laid on the image as it is, not flipped first.",
        r"\sum_{u, v} w[u, v]\; x[i + u,\, j + v]",
        "torch.nn.functional.conv2d",
    ),
    Term(
        "kernel",
        "卷积核",
        "The small window of weights that a convolution slides over its input, multiplying and adding up.",
        r"w \in \mathbb{R}^{c_{\text{out}} \times c_{\text{in}} \times k \times k}",
        "torch.nn.Conv2d(kernel_size=…)",
        ("filter", "滤波器"),
    ),
    Term(
        "stride",
        "步幅",
        "How far a kernel moves from one place to the next.",
        r"n_{\text{out}} = \Big\lfloor \frac{n + 2p - k}{s} \Big\rfloor + 1",
        "torch.nn.Conv2d(stride=…)",
        ("步长",),
    ),
    Term(
        "padding",
        "填充",
        "Rows and columns of zeros around an image, so that a kernel fits at its border too.",
        r"n_{\text{out}} = \Big\lfloor \frac{n + 2p - k}{s} \Big\rfloor + 1",
        "torch.nn.Conv2d(padding=…)",
        ("zero padding", "零填充"),
    ),
    Term(
        "channel",
        "通道",
        "One of the maps that a convolution reads or writes, each with kernels of its own.",
        r"x \in \mathbb{R}^{c \times h \times w}",
        "torch.nn.Conv2d(in_channels=…, out_channels=…)",
    ),
    Term(
        "weight sharing",
        "权值共享",
        "Using the same weights at every place of an image, which is why a convolution needs so few of them.",
        aliases=("parameter sharing", "参数共享", "权重共享"),
    ),
    Term(
        "max-pooling",
        "最大池化",
        "Keeping the largest value of every small window.",
        r"y[i, j] = \max_{0 \le u, v < k} x[k i + u,\ k j + v]",
        "torch.nn.MaxPool2d",
        ("max pooling", "pooling", "最大汇聚", "池化"),
    ),
    Term(
        "feature map",
        "特征图",
        "What one channel of a layer makes of an image, place by place.",
        aliases=("activation map", "特征映射"),
    ),
    Term(
        "receptive field",
        "感受野",
        "The part of the input image that one value of a feature map depends on.",
        r"r_l = r_{l-1} + (k_l - 1) \prod_{i < l} s_i",
    ),
    Term(
        "equivariance",
        "等变性",
        "When the input is shifted, the feature map is shifted likewise; convolutions have this property.",
        r"f(T x) = T f(x)",
        aliases=("translation equivariance", "平移等变性"),
    ),
    Term(
        "invariance",
        "不变性",
        "When the input is shifted, the output stays the same; pooling comes close to this for small shifts.",
        r"f(T x) = f(x)",
        aliases=("translation invariance", "平移不变性"),
    ),
    Term(
        "batch normalization",
        "批量归一化",
        "A layer that brings each channel to mean 0 and standard deviation 1 over the batch, then scales and shifts it "
        "by two learned numbers.",
        r"y = \gamma\, \frac{z - \mu_B}{\sqrt{\sigma_B^2 + \varepsilon}} + \beta",
        "torch.nn.BatchNorm2d",
        ("batch norm", "BN", "批规范化", "批标准化"),
    ),
    Term(
        "internal covariate shift",
        "内部协变量偏移",
        "The drift of a layer's inputs during training, because the layers before it change.",
    ),
    Term(
        "saliency",
        "显著性",
        "How strongly the score of a class depends on each pixel or place.",
        r"\Big| \frac{\partial z_k}{\partial x} \Big|",
        aliases=("saliency map", "显著图"),
    ),
    Term(
        "Grad-CAM",
        "梯度加权类激活映射",
        "A map of where a class finds support: the feature maps of a layer, each weighted by its mean gradient.",
        r"\begin{gathered} \mathrm{ReLU}\Big( \sum_c \alpha_c\, A_c \Big) \\ "
        r"\alpha_c = \operatorname{mean}_{i,j} \frac{\partial z_k}{\partial A_c[i, j]} \end{gathered}",
        aliases=("class activation map", "类激活图"),
    ),
    Term(
        "maximally activating images",
        "最大激活图像",
        "The images at which a channel responds most strongly.",
        r"\arg\max_n \max_{i,j} a_c(x_n)[i, j]",
    ),
)
