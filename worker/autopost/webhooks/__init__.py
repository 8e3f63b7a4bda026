"""Sends posts to addresses elsewhere: to Slack and what understands its form, or signed to any receiver.

Each webhook (webhook.py) is a consumer of the log of events (autopost.broadcast) with an offset of its own. delivery.py
sends what the webhook asks for, one agent's posts one after another; what a target never takes becomes a dead letter.
Which addresses a webhook may reach is decided when its connection is made (target.py).
"""
