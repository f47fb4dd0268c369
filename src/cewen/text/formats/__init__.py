"""Readers, one file a format: each turns the bytes of a file into text and knows no other format."""
