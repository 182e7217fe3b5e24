"""What is learnt from how people answered: a context per proposal, a model per shop, and how well it foretells."""
