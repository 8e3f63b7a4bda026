"""What deploy/ holds, checked by what can check it here."""

from __future__ import annotations

from tests.support import ROOT

DEPLOY = ROOT / "deploy"
