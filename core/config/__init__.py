"""What decides a run, as frozen dataclasses that refuse nonsense with a sentence."""
