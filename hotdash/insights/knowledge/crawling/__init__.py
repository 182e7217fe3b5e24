"""Reading a shop's own site: politely, within bounds, and nothing that lies inside the network around us."""
