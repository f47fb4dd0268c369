"""Policies: the loaded corpus comes in; a library, documents, clauses, comparisons and a timeline go out."""
