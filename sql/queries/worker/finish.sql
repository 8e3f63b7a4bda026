-- Ends a group of rows without posts, in the outbox and in the audit log. Returns the ids and epochs whose lease was
-- still valid; a row with another epoch or state is not changed. audited: how many audit rows the platform's table
-- kept, of all.
-- $1 ids, $2 epochs, $3 states, $4 reasons, $5 errors, $6 operation types without personal data, $7 audit details,
-- $8 times, each row's own, $9 the time of the decision, $10 whether rate-limited operations are kept for the agents'
-- next posts, in groups of equal ones. Of posts: $11 types, $12 contents, $13 metadata. A status that is not one word
-- could be text of the operation: it is not audited.
-- Locks the rows in the order of their ids, so that concurrent statements do not deadlock.
{{ part.finished }}

select f.id, f.epoch, cardinality(array(select a.is_kept from audited as a)) as audited from finished as f
