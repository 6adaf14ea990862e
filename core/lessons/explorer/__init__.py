"""The lesson on data: neighbors, outliers and maps of digits, shuffled pixels, own handwriting."""
