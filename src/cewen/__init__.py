"""策问: from the published text of a policy to who is entitled to what, and why."""

__version__ = "0.1.0"
