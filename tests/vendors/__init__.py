"""Stand-ins of the systems that connectors speak to, written from their wire facts."""
