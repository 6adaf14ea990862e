"""How numbers are written for people: a function each for a percentage, a ratio, a time, a count, an article.

Whatever is shown (pages, charts, the command line, tables) is written here, so that one quantity reads the
same everywhere. Numbers that are not finite become words. A minus is "-", as Streamlit's metrics need it.
"""

import math
import re
from collections.abc import Iterable

NOT_A_NUMBER = "not a number"

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
#: Plurals that the rules of spelling miss: "epoch" ends in a k.
_PLURALS = {"epoch": "epochs", "matrix": "matrices", "index": "indices", "axis": "axes", "axes": "axes"}


def percent(fraction: float, decimals: int | None = None) -> str:
    """A share in [0, 1] as "97.6%"; 0 is "0%" and 1 "100%", and nothing else is.

    Without `decimals`: one, two within a percent of either end ("99.06%", "0.02%"), and as many more as tell
    it from 0% and 100%, up to four ("<0.0001%"). With `decimals`: so many, for columns that are to be alike,
    and more only where fewer would make it 0% or 100%.
    """
    value = float(fraction)
    if not math.isfinite(value):
        return _unbounded(value)
    if value in (0.0, 1.0):
        return f"{value + 0.0:.{decimals or 0}%}"
    away = _from_the_ends(value)
    if away < 1e-6:
        return "<0.0001%" if value < 0.5 else ">99.9999%"
    return f"{value:.{_decimals(away, decimals)}%}"


def probability(value: float) -> str:
    """A network's probability as a percentage; it is never certain: "<0.1%", "62.3%", ">99.9%"."""
    if not math.isfinite(value):
        return _unbounded(value)
    return ">99.9%" if value > 0.999 else "<0.1%" if value < 0.001 else f"{value:.1%}"


def interval(low: float, high: float, decimals: int | None = None) -> str:
    """The ends of an interval of shares, both with as many decimals as the finer one: "97.3% to 97.9%"."""
    if decimals is None and math.isfinite(low) and math.isfinite(high):
        within = [_from_the_ends(end) for end in (low, high) if end not in (0, 1)]
        decimals = max((_decimals(away) for away in within), default=0)
    return " to ".join(percent(end, None if end in (0, 1) else decimals) for end in (low, high))


def plus_minus(mean: float, deviation: float, decimals: int = 2) -> str:
    """A mean of shares with its standard deviation, in one unit: "97.64 ± 0.12%"."""
    return f"{percent(mean, decimals).rstrip('%')} ± {percent(deviation, decimals)}"


def points(difference: float, *, signed: bool = False, unit: bool = True) -> str:
    """A difference of two shares, -1…1, in percentage points: "1.2 percentage points", signed "+1.2 …".

    From 50% to 57% is 7 percentage points, and 14% more.
    """
    value = 100 * float(difference)
    if not math.isfinite(value):
        return _unbounded(value)
    size = abs(value)
    decimals = 1 if size >= 1 or size == 0 else 2 if size >= 0.01 else 4
    text = f"{value:{'+' if signed else ''}.{decimals}f}"
    if float(text) == 0:
        text = "0"
    return f"{text} percentage {'point' if text in ('1', '+1') else 'points'}" if unit else text


def points_interval(low: float, high: float) -> str:
    """The ends of an interval of differences of shares: "-0.4 to +1.2 percentage points"."""
    return f"{points(low, signed=True, unit=False)} to {points(high, signed=True)}"


def ratio(value: float, digits: int = 2) -> str:
    """How many times as much: "0.24×", "2.4×", "24×", "1,420×"; beyond millions "1.4 × 10⁷ times".

    digits: the significant ones, of large ratios (from a hundred) at least three.
    """
    value = float(value)
    if not math.isfinite(value):
        return "∞×" if value > 0 else _unbounded(value)
    size = abs(value)
    if size and not 1e-4 <= size < 1e7:
        return f"{_in_powers(value, digits)} times"
    return f"{_plain(value, max(digits, 3) if size >= 100 else digits, trim=False)}×"


def duration(seconds: float) -> str:
    """A time: "40 ms", "0.4 s", "13 s", "3 min 20 s", "2 h 5 min"."""
    seconds = float(seconds)
    if not math.isfinite(seconds):
        return "∞" if seconds > 0 else _unbounded(seconds)
    if seconds < 0:
        return f"-{duration(-seconds)}"
    if seconds < 0.0995:
        return f"{_plain(1000 * seconds, 2)} ms" if seconds else "0 s"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return _two(*divmod(whole, 60), "min", "s")
    return _two(*divmod(round(seconds / 60), 60), "h", "min")


def count(n: float, noun: str, plural: str | None = None) -> str:
    """A number of things: "1 image", "59,000 images", "2.5 epochs"; plural: where spelling has no rule."""
    return f"{number(n)} {noun if n == 1 else plural or _plural(noun)}"


def times(n: int) -> str:
    """How often: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(n, f"{n:,} times")


def shape(sizes: Iterable[int]) -> str:
    """A tensor's shape as Python and PyTorch print it: "(128, 784)", "(10,)", and "()" of a single number."""
    return str(tuple(sizes))


def article(word: object) -> str:
    """The word after "a" or "an" as it is spoken: "an 8", "a 7", "an 11", "an image", "an MLP", "a unit"."""
    text = str(word)
    spoken = re.sub(r"^\W+", "", text)  # without marks of emphasis or quotation
    return f"{'an' if _begins_with_a_vowel(spoken) else 'a'} {text}"


def number(value: float, digits: int = 3, *, signed: bool = False) -> str:
    """A number for people: "0.006", "1.42", "999", "1,420", "1.2 × 10⁻⁵".

    An int is written whole; of a float the integer part always is, and up to `digits` significant digits,
    without zeros at the end. signed: with a plus where it is positive.
    """
    if signed:
        return f"{'+' if value > 0 else ''}{number(value, digits)}"
    if isinstance(value, int):
        return f"{value:,}"
    value = float(value)
    if not math.isfinite(value):
        return _unbounded(value)
    size = abs(value)
    if value.is_integer() and size < 1e7:
        return f"{value + 0.0:,.0f}"
    if size >= 1e7 or size < 1e-4 or (size < 1e-3 and len(_plain(size, digits)) > len("0.00012")):
        return _in_powers(value, digits)
    return _plain(value, digits)


def latex_number(value: float, digits: int = 6) -> str:
    """A number as LaTeX, with that many significant digits: "0.001", and "10^{-8}" where Python writes 1e-08."""
    mantissa, _, exponent = f"{value + 0.0:.{digits}g}".partition("e")
    if not exponent:
        return mantissa
    power = f"10^{{{int(exponent)}}}"
    return power if mantissa == "1" else rf"{mantissa} \cdot {power}"


def _unbounded(value: float) -> str:
    return NOT_A_NUMBER if math.isnan(value) else "∞" if value > 0 else "-∞"


def _from_the_ends(fraction: float) -> float:
    """How far it lies from 0 or 1, whichever is nearer."""
    return min(abs(fraction), abs(1 - fraction))


def _decimals(away: float, least: int | None = None) -> int:
    """Decimals of a percentage that lies `away` (a share) from 0% or 100%, so that it is told from both."""
    decimals = least if least is not None else 1 if away >= 0.01 else 2
    while decimals < 4 and away <= 0.5 * 10 ** (-2 - decimals):
        decimals += 1
    return decimals


def _plain(value: float, digits: int, *, trim: bool = True) -> str:
    """Without powers of ten; the integer part is rounded only where ratios ask for it (trim=False)."""
    if value == 0:
        return "0"
    rounded = float(f"{value:.{digits}g}")
    decimals = digits - 1 - math.floor(math.log10(abs(rounded)))
    if decimals <= 0:
        return f"{value:,.0f}" if trim else f"{rounded:,.0f}"
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if trim else text


def _in_powers(value: float, digits: int) -> str:
    mantissa, power = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    ten = f"10{str(int(power)).translate(_SUPERSCRIPTS)}"
    return ten if mantissa == "1" else f"{mantissa} × {ten}"


def _two(many: int, rest: int, large: str, small: str) -> str:
    return f"{many:,} {large}" + (f" {rest} {small}" if rest else "")


def _plural(noun: str) -> str:
    start, last = noun[: noun.rfind(" ") + 1], noun[noun.rfind(" ") + 1 :]
    if last in _PLURALS:
        return start + _PLURALS[last]
    if re.search(r"(s|x|z|ch|sh)$", last):
        return noun + "es"
    if re.search(r"[^aeiou]y$", last):
        return noun[:-1] + "ies"
    return noun + "s"


def _begins_with_a_vowel(text: str) -> bool:
    if figures := re.match(r"\d+(,\d{3})*", text):
        digits = figures[0].replace(",", "")
        leading = digits[: (len(digits) - 1) % 3 + 1]
        return leading.startswith("8") or leading in ("11", "18")
    if re.match(r"([A-Z]{2}|[A-Z]\d|[A-Z]\b|[A-Z][₀-₉∞])", text):  # spelled: an MLP, an L2 norm, a CNN
        return text[0] in "AEFHILMNORSX"
    if re.match(r"(uni|use|usu|one\b|once\b|eu|ut)", text, re.IGNORECASE):
        return False
    return bool(re.match(r"([aeiouαεηιοω]|hour|honest)", text, re.IGNORECASE))
