"""The sections of the MLP & Autograd page, one a file."""
