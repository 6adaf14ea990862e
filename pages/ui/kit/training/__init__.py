"""Controls, live views and records of training runs."""
