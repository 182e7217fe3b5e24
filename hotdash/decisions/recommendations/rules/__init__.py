"""One rule per file; each turns a reading into proposals and says later what came of them."""
