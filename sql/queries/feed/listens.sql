-- Whether this connection listens on a channel ($1): behind a pooler it may not.
select $1 in (select l.channel from pg_listening_channels() as l (channel)) as listens
