"""The lesson on recurrent networks: gates, mistakes, and fair baselines that predict a word's language."""
