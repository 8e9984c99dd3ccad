"""A stand-in of Salesforce's REST and Bulk 2.0 API, and what is proved with it."""
