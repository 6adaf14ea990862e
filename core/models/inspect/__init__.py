"""Instruments: each measures one thing about digits or about a network, and changes nothing."""
