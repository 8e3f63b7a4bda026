"""The feeds: posts live, from where a client left off, and as documents, on any number of instances.

Workers write posts to a log and broadcast them over a transport (autopost.broadcast). An instance receives from the
transport, which is a fast hint, and reads the log, which is the truth (receiver.py, log.py): so it publishes each post
once and in the order of the log, whatever happens to the transport. Subscribers get them by topic (hub.py), as
server-sent events (events.py) or over WebSockets (sockets.py). The newest posts are also a JSON Feed and an Atom feed
(documents.py).
"""
