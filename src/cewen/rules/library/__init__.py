"""The library: loaded policies and read documents come in; clauses found, benefits compared, implementation traced go out."""
