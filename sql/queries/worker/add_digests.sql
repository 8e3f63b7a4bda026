-- Adds the digests of agents ($1) and tenants ($2), due a window ($3) after the agent's last post.
select {{ schema }}.auto_post_add_digests($1::text[], $2::text[], $3::interval)
