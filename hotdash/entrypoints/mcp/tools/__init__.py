"""One file per tool; registry.py names them all."""
