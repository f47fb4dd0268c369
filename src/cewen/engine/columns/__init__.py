"""A register as columns of whole numbers: what every back-end reads, and what it gives back."""
