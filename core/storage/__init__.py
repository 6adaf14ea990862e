"""Where runs, trained networks and their histories lie on disk, and how they get there whole."""
