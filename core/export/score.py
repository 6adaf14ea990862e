"""The sections of a script that measure: the score, the result with its interval, the score under attack."""

from core.attacks.config import AttackConfig
from core.config.run import RegressorConfig, RunConfig
from core.export.attack import attacked_lines
from core.export.lesson import Section
from core.export.network import is_bare
from core.training.adversarial import WATCH_STEPS, WATCHED

_SCORE = '''\
@torch.no_grad()
def score(x, y):
    """Mean loss, and how many are classified correctly."""
    network.eval()
    outputs = torch.cat([network(part) for part in x.split(200)])
    return nn.functional.cross_entropy(outputs, y).item(), (outputs.argmax(1) == y).sum().item()


def interval(k, n, z=1.96):
    """The 95% interval of k of n (Wilson 1927)."""
    middle = (k + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * (k * (n - k) / n + z**2 / 4) ** 0.5
    return f"{middle - half:.2%} … {middle + half:.2%}"'''

_ERRORS = '''\
@torch.no_grad()
def score(x, y):
    """Mean squared error, and half of its 95% interval."""
    network.eval()
    errors = (network(x) - y) ** 2
    return errors.mean().item(), 1.96 * (errors.std() / len(errors) ** 0.5).item()'''

_RESULT = """\
loss, right = score(x_test, y_test)
n = len(y_test)
print(f"test accuracy {right / n:.2%} ({interval(right, n)}), loss {loss:.4f}")"""

_ERROR_RESULT = """\
loss, half = score(x_test, y_test)
print(f"test loss {loss:.6f} (95% interval ± {half:.6f})")"""


def score_section(config: RunConfig) -> Section:
    """The function `score(x, y)` that everything after it asks."""
    title, words = (
        "How good it is",
        "Measured without gradients; dropout is off and batch norm uses its running averages.",
    )
    if isinstance(config.model, RegressorConfig):
        return Section(title, "The squared distance to the points, measured without gradients.", _ERRORS)
    if is_bare(config):
        return Section(title, "Measured without gradients.", _SCORE.replace("    network.eval()\n", ""))
    words = "Measured without gradients; dropout is off and batch norm uses its running averages."
    return Section(title, words, _SCORE)


def attack_section(config: RunConfig) -> Section:
    """What the app measures after each epoch; its random starts are others, so the last digits differ."""
    attack = AttackConfig("pgd", config.train.attack_epsilon, {"steps": WATCH_STEPS})
    code = [
        attacked_lines(attack, WATCHED, config),
        "under_attack = score(adversarial, y)[1] / len(y)",
        'print(f"of {len(y)} attacked test images {under_attack:.2%} are classified correctly")',
    ]
    words = f"The first {WATCHED} test images, each moved {WATCH_STEPS} steps uphill on the loss, within ε."
    return Section("Under attack", words, "\n".join(code))


def result_section(config: RunConfig, measured: str) -> Section:
    """The score on the test examples. measured: what the app says, in a sentence, or ""."""
    code = _ERROR_RESULT if isinstance(config.model, RegressorConfig) else _RESULT
    if config.train.split == "lab":
        code += (
            "\nfirst = score(x_validation, y_validation)[1] / len(y_validation)"
            '\nprint(f"on the first half, the validation images, {first:.2%}")'
        )
    if measured:
        code += f'\nprint("{measured}")'
    return Section("Result", "On examples that it has never seen.", code)
