"""Logs, Prometheus metrics, traces and health of a running process."""
