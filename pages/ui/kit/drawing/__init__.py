"""The canvas, and maps of digits and of feature maps drawn by the browser."""
