"""Choosing a trained network and an image, and showing what it predicts."""
