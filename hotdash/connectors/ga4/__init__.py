"""Google Analytics 4: sessions and product views by the property's own days, by API or through an MCP host."""
