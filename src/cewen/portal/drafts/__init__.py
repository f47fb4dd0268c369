"""Drafts: an official text goes in; a policy folder, edited, checked, confirmed by a second person and published, comes out."""
