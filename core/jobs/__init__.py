"""Long work in the background: jobs, their threads, the queue for the machine, and sweeps."""
