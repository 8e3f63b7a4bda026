"""`python -m autopost` is the command line."""

from autopost.cli.app import main

main()
