"""What is still to come: metrics, studies and evidence, and how far each is here."""
