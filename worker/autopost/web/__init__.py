"""HTTP: the server, access, and the hub and streams that the dashboard (page/) and the feeds (feed/) share."""
