"""`autopost preview`: what would be posted of a platform's newest operations. Writes nothing."""
