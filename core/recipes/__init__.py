"""The experiments of the source texts, by name, and their reproduction."""
