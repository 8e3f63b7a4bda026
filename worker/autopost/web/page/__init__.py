"""The web page: the feed as it grows, the outbox's health, and what a person may do about dead letters.

It is served by the worker's own small HTTP server, with connections of its own. Nothing here is waited for by the
worker, and nothing that fails here reaches it.
"""
