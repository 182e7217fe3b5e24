"""The door for agents: tools, resources and prompts of the Model Context Protocol, over stdio and HTTP."""
