"""The two long-running processes, worker and web instance: how each is put together, started and stopped."""
