"""How quick the portal's pages are: many at a time, on a large register."""
