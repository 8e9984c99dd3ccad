"""HubSpot: a stand-in of its API, judged by HubSpot's own client, and the connector against it."""
