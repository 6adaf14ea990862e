"""Parts of the page on guessing a word's language."""
