"""Other job queues on PostgreSQL, doing autopost's work, for comparison: workers and the work of one job."""
