"""From raw tables to marts: one dbt invocation over the partitions that changed."""
