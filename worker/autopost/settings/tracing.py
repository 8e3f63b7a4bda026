"""Settings of tracing: OpenTelemetry's own variables that decide whether there are traces."""

from __future__ import annotations

from typing import Any

from pydantic import field_validator

from autopost.settings.field import Group, setting

_ADDRESS = r"^https?://[^\s/]+\S*$"
_ADDRESSES = "http://... or https://... of a collector for OTLP over HTTP"


class TracingSettings(Group):
    """Whether attempts are traced, and where traces are sent. OpenTelemetry reads its other variables itself."""

    otel_endpoint: str | None = setting(
        None,
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "Where traces are sent; `/v1/traces` is appended. Needs the extra `otel`. Default: nothing is traced.",
        _ADDRESSES,
        pattern=_ADDRESS,
    )
    otel_traces_endpoint: str | None = setting(
        None,
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "Where traces are sent, used unchanged. Overrides OTEL_EXPORTER_OTLP_ENDPOINT.",
        _ADDRESSES,
        pattern=_ADDRESS,
    )
    otel_traces_exporter: str | None = setting(
        None,
        "OTEL_TRACES_EXPORTER",
        "`otlp` sends traces to http://localhost:4318 if no endpoint is set; `none` turns tracing off.",
        "otlp or none",
        pattern=r"^(otlp|none)$",
    )
    otel_protocol: str | None = setting(
        None,
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "The protocol.",
        "http/protobuf",
        pattern=r"^http/protobuf$",
    )
    otel_sampler: str | None = setting(
        None,
        "OTEL_TRACES_SAMPLER",
        "The sampler. Default: all traces are kept.",
        "always_on, always_off or traceidratio, each also with the prefix parentbased_",
        pattern=r"^(parentbased_)?(always_on|always_off|traceidratio)$",
    )
    otel_sampler_argument: float | None = setting(
        None,
        "OTEL_TRACES_SAMPLER_ARG",
        "The share of traces that traceidratio keeps.",
        "0 to 1",
        ge=0,
        le=1,
    )
    otel_disabled: bool = setting(False, "OTEL_SDK_DISABLED", "Whether tracing is turned off.", "true or false")

    @field_validator("otel_disabled", mode="before")
    @classmethod
    def _anything_else_is_false(cls, value: Any) -> Any:
        """Return False for any word but `true`, as OpenTelemetry does."""
        return value.strip().lower() == "true" if isinstance(value, str) else value

    @property
    def wants_traces(self) -> bool:
        """Return whether attempts are traced."""
        if self.otel_disabled or self.otel_traces_exporter == "none":
            return False
        return bool(self.otel_traces_exporter or self.otel_traces_endpoint or self.otel_endpoint)
