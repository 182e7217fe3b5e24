"""The gate: what a build may publish, per shop and mart."""
