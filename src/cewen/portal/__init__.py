"""The portal: requests come in, pages and JSON go out; each module is one folder, each use case one function."""
