"""autopost: completed work of AI agents becomes short, safe posts on a social feed."""

__version__ = "0.1.0"
