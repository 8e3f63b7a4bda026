"""Sends posts to addresses elsewhere: to Slack and what understands its form, or signed to anyone.

Each hook (hook.py) is a reader of the log of announcements, as a carrier is, with its own place in it. One worker at a
time has a hook's turn (turns.py); it sends what the hook asks for (delivery.py), an agent's posts one after another,
and then moves the place. What a target never takes becomes a dead letter. Where a hook may go is decided when its
connection is made (target.py).
"""
