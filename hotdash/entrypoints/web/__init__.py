"""The dashboard and its API: the door people and programs come in by over HTTP."""
