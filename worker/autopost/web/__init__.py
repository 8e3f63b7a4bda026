"""HTTP: the server, who may see what, and the streams that dashboard (page/) and feeds (feed/) share."""
