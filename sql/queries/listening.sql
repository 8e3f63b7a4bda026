-- Tells whether this session still listens to the doorbell.
select 'auto_post_doorbell' in (select pg_listening_channels()) as listening
