"""The dashboard: the feed as it grows, the status of the outbox, and actions on dead letters.

It is served by the process's own HTTP server, with database connections of its own. The worker never waits for it, and
no failure here reaches the worker.
"""
