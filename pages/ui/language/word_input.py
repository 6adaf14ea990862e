"""The typed word, which the tabs about single words share, and how far it has been read."""

import unicodedata
from dataclasses import dataclass

import streamlit as st

from core.config.escaping import escaped
from core.config.language import LANGUAGES, MOST_LETTERS
from core.data.words import LONGEST, SHORTEST, readable
from core.models.inspect.word_predictions import WordPrediction
from core.models.trained_network import TrainedNetwork
from pages.ui.language import computed

WORD = "lang_word"
#: The first is a test word of the pretrained network whose prediction turns at every letter, and with one changed.
EXAMPLES = ("meant", "nykyään", "heerlijk", "mañana", "dziękuję", "thought", "coronavirus")
NAMED = 10  # skipped characters that are named one by one


@dataclass(frozen=True)
class Typed:
    """What was typed, as the network read it. at: the character looked at, from 0."""

    reading: WordPrediction
    at: int

    @property
    def answer(self) -> int:
        """The language predicted at the end, its place in LANGUAGES."""
        return int(self.reading.probabilities[-1].argmax())


def word_input(trained: TrainedNetwork) -> Typed | None:
    """The word, examples, and a slider over its characters; None, with a sentence, where nothing was read."""
    left, right = st.columns(2, gap="large")
    with left:
        text = st.text_input(
            "A word",
            EXAMPLES[0],
            key=WORD,
            bind="query-params",
            max_chars=10_000,
            on_change=_to_its_end,
            help="Any word, real or made up. Capitals count as lowercase.",
        )
    with st.container(horizontal=True, gap="small"):
        for place, example in enumerate(EXAMPLES):
            st.button(
                example,
                key=f"lang_example_{place}",
                type="tertiary",
                on_click=_take,
                args=(example,),
                help="Try this word.",
            )
    read, skipped = readable(text)
    if skipped:
        st.info(describe_skipped(skipped), icon=":material/visibility_off:")
    if not read:
        st.markdown("Type a word with at least one letter of the alphabet.")
        return None
    if len(read) > MOST_LETTERS:
        st.info(
            f"Only the first {MOST_LETTERS} of {len(read):,} letters are used. Training words "
            f"have {SHORTEST} to {LONGEST}.",
            icon=":material/content_cut:",
        )
    found = computed.reading(trained, read)
    length = len(found.characters)
    at = length
    if length > 1:
        at = right.slider(
            f"Time step, 1 to {length}",
            1,
            length,
            length,
            key=f"lang_at_{length}",
            help="Step through the word with the arrow keys.",
        )
    return Typed(found, at - 1)


def describe_skipped(skipped: str) -> str:
    """Which characters the network never saw, named one by one where there are few."""
    kinds = list(dict.fromkeys(skipped))
    named = ", ".join(_named(sign) for sign in kinds[:NAMED])
    more = f" and {len(kinds) - NAMED:,} others" if len(kinds) > NAMED else ""
    times = "" if len(skipped) == len(kinds) else f" ({len(skipped):,} characters in all)"
    return f"Skipped, not in the alphabet of the training words: {named}{more}{times}."


def _named(sign: str) -> str:
    """A character as it looks, or by its name where there is nothing to see."""
    if sign == " ":
        return "space"
    if unicodedata.category(sign)[0] in "ZCM":
        return unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
    return f"“{escaped(sign, 'page')}”"


def known_from(trained: TrainedNetwork, word: str) -> str:
    """Whether the word stands in the lists, and on which side of the division; "" if it does not."""
    words = computed.words_of(trained)
    for side, labels, sentence in (
        (words.train_words, words.train.labels, "Training word"),
        (words.test_words, words.test.labels, "Test word, not seen in training"),
    ):
        if word in side:
            return f"{sentence} ({list(LANGUAGES.values())[int(labels[side.index(word)])]})."
    return "In neither the training nor the test set."


def _take(word: str) -> None:
    """Callback: an example becomes the word."""
    st.session_state[WORD] = word
    _to_its_end()


def _to_its_end() -> None:
    """Callback: a new word is looked at from its end, whatever was chosen in one of the same length."""
    for name in list(st.session_state):
        length = str(name).removeprefix("lang_at_")
        if length.isdigit():
            st.session_state[name] = int(length)
