where
        (r.action = 'auto_post.posted' or (r.action in ('auto_post.skipped', 'auto_post.dead') and not $6::boolean))
        and ($4::text is null or r.agent_id = $4)
        and ($5::boolean is null or coalesce(r.details ->> 'is_alert' = 'true', false) = $5)
        and not exists (select from unnest($9::text[]) as s (id) where r.id = s.id)
        and (
            $10::text is null
            or (
                r.action = 'auto_post.posted'
                -- With a limit it is one probe for each row; an EXISTS may become a scan of all posts.
                and (
                    select t.tenant_id::text = $10 from {{ platform }}.social_posts as t
                    where r.post_id = t.id
                    order by t.id
                    limit 1
                )
            )
            or (
                r.action <> 'auto_post.posted' and r.details ->> 'reason' is distinct from 'tenant_mismatch'
                and (
                    select bool_and(coalesce(t.tenant_id::text = $10, false))
                    from {{ platform }}.agents as t
                    where r.agent_id = t.id
                )
            )
        )
        and ($11::text is null or r.operation_type = $11)
        and (
            $12::text is null
            or r.tracker_id = $12
            or (
                select strpos(lower(left(t.content, 4000)), lower($12)) > 0 from {{ platform }}.social_posts as t
                where r.post_id = t.id
                order by t.id
                limit 1
            )
        )
