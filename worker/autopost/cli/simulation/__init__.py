"""Load for a trial: operations that no agent did, in the platform's own table, and what comes of them."""
