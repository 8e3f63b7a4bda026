"""The group `autopost mapping`: commands about mappings of platforms."""
