"""The lesson on comparing: many runs as a table, as curves, by their settings, by the images they get right."""
