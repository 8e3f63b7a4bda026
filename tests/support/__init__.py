"""What tests share: servers, platforms, workers as processes, and what a test waits for."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]  # of the checkout
