"""Private addresses: sealed, proved, and nowhere in clear."""
