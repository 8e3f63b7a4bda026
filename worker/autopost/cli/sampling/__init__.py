"""Reads the newest operations of a platform and what belongs to them, whether autopost is installed or not."""
