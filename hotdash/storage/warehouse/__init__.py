"""The warehouse: everything that is computed, on the engine the settings name."""
