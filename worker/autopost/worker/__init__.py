"""The worker: claims rows, writes their texts, publishes them, and keeps the outbox tidy."""
