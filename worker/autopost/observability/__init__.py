"""What can be measured and followed while a process runs: logs, Prometheus metrics, traces, health."""
