"""The tabs of the page about adversarial examples."""
