"""Governed metrics: their definitions, their formulas and the days they are asked for."""
