"""The lesson on recurrent networks: gates, mistakes, and fair baselines that guess a word's language."""
