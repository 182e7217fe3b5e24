"""What the published data says: metrics and tiles. Reads, never writes."""
