"""The part of the set that patterns may be tuned on: look at its failures, mend, and add what was seen in the field."""
