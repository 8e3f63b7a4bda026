"""`python -m autopost` is the command line."""

from autopost.cli import main

main()
