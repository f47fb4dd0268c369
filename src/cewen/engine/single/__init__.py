"""One enterprise fast: a plan prepared once as closures over whole numbers; what they cannot settle, the reference does."""
