"""Mutation testing of the compilation: code of the back-ends in, each small change of it caught or not out."""
