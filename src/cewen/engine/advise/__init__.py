"""Advice for one enterprise: facts and rules come in; the best choice, next steps, missing facts and traps go out."""
