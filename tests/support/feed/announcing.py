"""Posts as a worker leaves them: on the feed and in the log, and announced by the real relay and carrier."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from uuid import uuid4

from autopost.broadcast.from_settings import TRANSPORT, transport_from_settings
from autopost.broadcast.lease import ConsumerLease
from autopost.broadcast.transport import LEASE_SECONDS, TransportConsumer
from autopost.database.connection import create_pool
from autopost.settings import Settings, load_settings
from tests.support.host import SCHEMAS, Host


def settings_of(dsn: str, carrier: str, **given: Any) -> Settings:
    """Return settings that announce."""
    return load_settings(database_url=dsn, broadcast=carrier, llm_enabled=False, **given)


class Announcer:
    """Posts, and broadcasts what it posted."""

    def __init__(self, host: Host, settings: Settings) -> None:
        self._host = host
        self._settings = settings
        host.execute("insert into auto_post_consumers (name) values ('transport') on conflict do nothing")
        host.execute(
            "update auto_post_consumers set position = (select position from auto_post_consumers where name = 'log') "
            "where name = 'transport'"
        )

    def write(self, *contents: str, agent: str = "ada", alert: bool = False, tenant: str = "tenant") -> list[str]:
        """Write posts and give them their places, without a word to anybody; return their ids."""
        ids = [str(uuid4()) for _ in contents]
        kind = "alert" if alert else "status"
        metadata = json.dumps({"operation_type": "report_generate"})
        for post_id, content in zip(ids, contents, strict=True):
            self._host.execute(
                "insert into social_posts (id, tenant_id, author_type, author_id, post_type, content, post_metadata, "
                "auto_generated) values (%s, %s, 'agent', %s, %s, %s, %s, true)",
                (post_id, tenant, agent, kind, content, metadata),
            )
            self._host.execute(
                "insert into auto_post_events (post_id, tenant_id, agent_id, agent_name, agent_maturity, "
                "agent_category, post_type, content, post_metadata, created_at) "
                "values (%s, %s, %s, %s, 'AUTONOMOUS', 'ops', %s, %s, %s, now())",
                (post_id, tenant, agent, agent.title(), kind, content, metadata),
            )
        self._host.execute("select auto_post_sequence_events(100000)")
        return ids

    def announce(self) -> None:
        """Have the carrier carry what was written."""
        asyncio.run(self._announce())

    def post(self, *contents: str, agent: str = "ada", alert: bool = False) -> list[str]:
        """Write posts and announce them; return their ids."""
        ids = self.write(*contents, agent=agent, alert=alert)
        self.announce()
        return ids

    @property
    def position(self) -> int:
        """Return the log's last place."""
        position: int = self._host.value("select position from auto_post_consumers where name = 'log'")
        return position

    async def _announce(self) -> None:
        pool = await create_pool(self._settings, "test", size=3)
        transport = transport_from_settings(self._settings, pool)
        assert transport is not None
        try:
            lease = ConsumerLease(pool, SCHEMAS, TRANSPORT, "announcer", LEASE_SECONDS)
            consumer = TransportConsumer(lease, transport)
            consumer.stop()  # when all is delivered
            await consumer.run()
        finally:
            await transport.aclose()
            await pool.close()
