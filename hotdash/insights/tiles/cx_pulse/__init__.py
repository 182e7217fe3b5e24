"""CX Pulse: how long customers wait, and who waits past a promise."""
