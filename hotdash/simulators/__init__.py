"""The vendors' APIs as servers over one seeded world: for the demo and the tests, never for production."""
