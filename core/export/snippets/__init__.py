"""The few lines of PyTorch that matter for a run, as text: code panels and whole scripts share them."""
