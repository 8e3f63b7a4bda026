"""Publishes posts as events: after their commit, each at least once, an agent's in the order of publishing.

A post's transaction writes the event into the log, auto_post_events. After the commit the event is given its
position in the log (sequencer.py), and each consumer of the log (consumer.py) delivers what comes after its offset: to
a transport (transport.py), on which the platform's instances subscribe, or to a webhook (autopost.webhooks). Any number
of workers run the same consumers; a lease lets one of them deliver at a time (lease.py).
"""
