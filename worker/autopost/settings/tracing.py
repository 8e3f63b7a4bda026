"""Settings of traces: those of OpenTelemetry's own that decide whether there are any."""

from __future__ import annotations

from typing import Any

from pydantic import field_validator

from autopost.settings.field import Group, setting

_ADDRESS = r"^https?://[^\s/]+\S*$"
_ADDRESSES = "http://... or https://..., of a collector that speaks OTLP over HTTP"


class TracingSettings(Group):
    """Whether attempts are traced, and who takes the traces. The rest of OTEL_* is read by its own library."""

    otel_endpoint: str | None = setting(
        None,
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "Where traces go; `/v1/traces` is added. Needs the extra `otel`. Without an endpoint nothing is traced.",
        _ADDRESSES,
        pattern=_ADDRESS,
    )
    otel_traces_endpoint: str | None = setting(
        None,
        "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
        "Where traces go, as it stands; before OTEL_EXPORTER_OTLP_ENDPOINT.",
        _ADDRESSES,
        pattern=_ADDRESS,
    )
    otel_traces_exporter: str | None = setting(
        None,
        "OTEL_TRACES_EXPORTER",
        "`otlp` traces without an endpoint too, to http://localhost:4318; `none` traces nothing whatever else is set.",
        "otlp or none",
        pattern=r"^(otlp|none)$",
    )
    otel_protocol: str | None = setting(
        None,
        "OTEL_EXPORTER_OTLP_PROTOCOL",
        "How traces go.",
        "http/protobuf",
        pattern=r"^http/protobuf$",
    )
    otel_sampler: str | None = setting(
        None,
        "OTEL_TRACES_SAMPLER",
        "Which traces are kept; without it all of them.",
        "always_on, always_off or traceidratio, each also with parentbased_ before it",
        pattern=r"^(parentbased_)?(always_on|always_off|traceidratio)$",
    )
    otel_sampler_argument: float | None = setting(
        None,
        "OTEL_TRACES_SAMPLER_ARG",
        "The share of the traces that traceidratio keeps.",
        "0 to 1",
        ge=0,
        le=1,
    )
    otel_disabled: bool = setting(False, "OTEL_SDK_DISABLED", "Whether nothing is traced after all.", "true or false")

    @field_validator("otel_disabled", mode="before")
    @classmethod
    def _anything_else_is_false(cls, value: Any) -> Any:
        """OpenTelemetry takes any word but true for false."""
        return value.strip().lower() == "true" if isinstance(value, str) else value

    @property
    def wants_traces(self) -> bool:
        """Tell whether attempts are to be traced."""
        if self.otel_disabled or self.otel_traces_exporter == "none":
            return False
        return bool(self.otel_traces_exporter or self.otel_traces_endpoint or self.otel_endpoint)
