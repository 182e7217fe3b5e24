"""How far the data of a shop can be trusted: its checks, scores, alerts and publications, and what people do about them."""
