"""Charts of this lesson alone."""
