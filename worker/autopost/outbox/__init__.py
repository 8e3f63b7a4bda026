"""The outbox: claiming rows and moving them on, the wake-up notification, what operators change, and what they read."""
