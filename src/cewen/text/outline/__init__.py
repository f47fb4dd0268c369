"""The outline grammar: from lines to numbered headings and items, and from these to the clause tree."""
