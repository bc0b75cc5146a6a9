"""The endpoints, a file each. They know the protocol and the engine, and no web framework."""
