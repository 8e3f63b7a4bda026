-- The mapping that is in force.
select m.document from {{ schema }}.auto_post_mapping as m
