"""The lesson on regression: hidden units that add up to a curve, underfitting and overfitting."""
