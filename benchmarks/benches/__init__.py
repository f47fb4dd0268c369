"""Benches beside the comparison with peers: memory, the corpus at scale, one enterprise, a shared budget."""
