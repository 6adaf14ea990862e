"""The frame of every page: navigation, addresses, what a session remembers."""
