"""The tabs of the page about recurrent networks."""
