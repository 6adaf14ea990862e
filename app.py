"""Home."""

from pages.ui.page import page

QUESTION = "From the pixels of a handwritten digit to a network you trained yourself."

with page("Digit Lab", question=QUESTION, icon=":material/neurology:"):
    pass
