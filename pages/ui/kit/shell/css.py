"""The few rules of CSS that the theme cannot say, hung on Streamlit's own test ids and container keys."""

import time

import streamlit as st

CSS = """
<style>
/* Long lines tire the eye: the page is at most 1,200 px wide, however wide the screen. */
[data-testid="stMainBlockContainer"] { max-width: 1200px; padding-top: 2.8rem; padding-bottom: 3rem; }
/* Digits are made of pixels: never smooth them. */
[data-testid="stImage"] img { image-rendering: pixelated; border-radius: 4px; }
[data-testid="stSidebar"] { min-width: 220px; }
[class*="st-key-lab-script"], .st-key-lab-titles, .st-key-lab-veil,
.st-key-lab-progress, .st-key-lab-to-top { display: none; }
/* Text has a contrast of 4.5 to 1, at least. Streamlit's captions fade to 4.1, white on the dark theme's primary
   color has 3.2 (as a color of text it must stay that light), and programs are colored for the light theme alone. */
[data-testid="stApp"] [data-testid="stCaptionContainer"] { opacity: 0.78; }
[data-testid="stApp"] [data-testid^="stBaseButton-primary"]:not(:disabled), [data-testid="stApp"] [data-tag] {
  background-color: light-dark(#0072B2, #2079B0); border-color: light-dark(#0072B2, #2079B0);
}
[data-testid="stApp"] [data-testid^="stBaseButton-primary"]:not(:disabled):hover {
  background-color: light-dark(#005A8D, #1A6697);
}
[data-testid="stApp"] [data-testid="stCode"] .token:is(.comment, .punctuation) {
  color: light-dark(#5A6270, #9AA1B0);
}
[data-testid="stApp"] [data-testid="stCode"] .token:is(.boolean, .constant, .string, .inserted) {
  color: light-dark(#15803D, #21C354);
}
[data-testid="stApp"] [data-testid="stCode"] .token:is(.number, .regex) { color: light-dark(#0B7A6B, #29B09D); }
[data-testid="stApp"] [data-testid="stCode"] .token.deleted { color: light-dark(#C22B2B, #FF6C6C); }
/* core/backprop/long_product.py: a factor that the product has not reached. */
[data-testid="stApp"] .katex [style*="142, 153, 163"] { color: light-dark(#5F6973, #8E99A3) !important; }
/* A formula is some pixels wider than the box that is made for it. */
.katex-display { padding-inline: 3px; }
/* What stands above a tab is short, so that its main control and what that changes are on screen together. */
[data-testid="stHeading"] h1 { padding: 0.2rem 0; }
.st-key-lab-question p { font-size: 1.06rem; opacity: 0.82; }
.st-key-lab-question { margin-top: -0.3rem; }
.st-key-lab-tab-question h2 { font-size: 1rem; line-height: 1.6; padding: 0 0 1rem; }
.st-key-lab-tabs { margin-top: -0.9rem; }
.st-key-lab-tab-question { gap: 0; margin-top: -1rem; margin-bottom: -0.3rem; }
.st-key-lab-tab-end { gap: 0.2rem; margin-top: 1rem; padding-top: 0.8rem; }
.st-key-lab-tab-end { border-top: 1px solid rgba(128, 128, 128, 0.3); }
.st-key-lab-tab-end button p,
.st-key-lab-tab-end [data-testid="stPageLink"] * { white-space: normal; text-align: left; }
[class*="st-key-lab-entry"], [class*="st-key-lab-entry"] [data-testid="stColumn"] > div { gap: 0.3rem; }
[class*="st-key-lab-links"] { gap: 0.45rem 0.9rem; align-items: baseline; }
[class*="st-key-lab-links"] a { padding: 0; background: none; min-height: 1.6rem; }
[class*="st-key-lab-links"] a p {
  font-size: 0.875rem; text-decoration: underline dotted; text-underline-offset: 0.25em;
}
[class*="st-key-lab-index"] { gap: 0.85rem; padding-left: 0.2rem; }
[class*="st-key-lab-index"] [data-testid="stPageLink"] * { white-space: normal; line-height: 1.35; }
[class*="st-key-lab-card"] [data-testid="stPageLink"] a { padding-left: 0; background: none; }
[class*="st-key-lab-stops"] { gap: 0; }
[class*="st-key-lab-stops"] [data-testid="stPageLink"] a { padding: 0.15rem 0.3rem; }
[class*="st-key-lab-card"] { gap: 0.35rem; }
/* Streamlit stacks columns on a phone; beside the sidebar of a tablet the outer ones are too narrow, too. */
@media (min-width: 641px) and (max-width: 900px) {
  [data-testid="stHorizontalBlock"]:not([data-testid="stColumn"] *) > [data-testid="stColumn"] {
    min-width: calc(100% - 1.5rem);
  }
  .st-key-lab-map [data-testid="stHorizontalBlock"] > [data-testid="stColumn"] { min-width: 13rem; }
}
@media (max-width: 640px) {
  [data-testid="stMainBlockContainer"] { padding-left: 1rem; padding-right: 1rem; }
}
</style>
"""

#: Hides what an earlier run has left in the place of the open tab. Not a style alone: Streamlit would keep that.
VEIL = '<style>.st-key-lab-tab [data-stale="true"] { display: none; }</style><i></i>'


def apply() -> None:
    """Put the rules on the page; call once a run."""
    st.html(CSS)


def stage_first() -> None:
    """On a phone, where one column stands above the other: what is going on first, the controls below."""
    st.html(
        "<style>@media (max-width: 640px) {"
        '[data-testid="stColumn"]:has(> * .st-key-lab-controls) { order: 2; } }</style>'
    )


def hide_controls() -> None:
    """Give the whole width to what the controls cause; they stay there and keep their settings."""
    st.html('<style>[data-testid="stColumn"]:has(> * .st-key-lab-controls) { display: none; }</style>')


def keep_in_view(key: str) -> None:
    """Let the column with the container of that key stay on the screen while its longer neighbor scrolls."""
    st.html(
        "<style>@media (min-width: 901px) {"
        f'[data-testid="stColumn"]:has(.st-key-{key}) '
        "{ position: sticky; top: 4.2rem; align-self: flex-start; } }</style>"
    )


def side_by_side(key: str) -> None:
    """On a phone, too, what stands in the horizontal container of that key stays in one row and shrinks."""
    st.html(
        "<style>@media (max-width: 640px) {"
        f".st-key-{key} {{ flex-wrap: nowrap; gap: 0.5rem; }} "
        f".st-key-{key} > div {{ flex: 1 1 0; min-width: 0; }} "
        f".st-key-{key} [data-testid='stImageContainer'] {{ max-width: 100%; }} }}</style>"
    )


def to_top() -> None:
    """Scroll the page to its beginning, once: another time is another script."""
    place = time.monotonic_ns()
    script = f"document.querySelector('[data-testid=\"stMain\"]')?.scrollTo(0, 0) // {place}"
    with st.container(key="lab-to-top"):
        st.html(f"<script>{script}</script>", unsafe_allow_javascript=True)
