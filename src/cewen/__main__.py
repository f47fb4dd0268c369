"""`python -m cewen` is `cewen`."""

from cewen.cli.main import main

main()
