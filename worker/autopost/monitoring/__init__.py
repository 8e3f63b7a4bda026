"""What others may ask of a running worker: is it alive, does it work, what does it count."""
