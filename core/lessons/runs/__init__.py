"""Many runs at once: as a table, as curves on one axis, by their settings, and by the images they read."""
