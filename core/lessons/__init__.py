"""What one lesson alone computes and draws: a folder for each lesson; none imports another."""
