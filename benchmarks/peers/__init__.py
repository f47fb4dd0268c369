"""Other engines with the same six rules; each is run as a process of its own."""
