"""One kind of finding per file: what forecasts, anomalies and studies found, turned into proposals."""
