"""Parts of the example register, for `build_register.py`."""
