"""Announces posts: after their commit, each at least once, an agent's in the order of publishing.

A post's transaction writes the post into the log, auto_post_announcements. After the commit it is given its place in
the log (log.py), and each reader of the log delivers what comes after the place up to which it has delivered: a carrier
(carrier.py) to whoever listens there. Any number of workers do so for the same readers, one at a time (relay.py).
"""
