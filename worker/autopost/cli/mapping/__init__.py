"""`mapping`: how the tables of a platform read in autopost's words."""
