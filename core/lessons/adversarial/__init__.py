"""The lesson on adversarial examples: robust accuracy, transfer, frequencies, sanity checks."""
