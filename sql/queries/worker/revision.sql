-- Returns the revisions of the schema; no row: never migrated.
select v.version_num from {{ schema }}.auto_post_schema_version as v
