"""Shows posts to whoever watches, on any number of instances: live, as documents, and from where somebody left off.

Workers announce posts in a log and through a carrier (autopost.broadcast). An instance hears the carrier, a fast hint,
and reads the log, which is the truth (receiver.py, log.py): so it hands on each post once and in the order of the log,
whatever becomes of the carrier. What it hands on goes to its viewers by topic (hub.py), as server-sent events
(events.py) or over WebSockets (sockets.py). The newest posts are also a JSON Feed and an Atom feed (documents.py).
"""
