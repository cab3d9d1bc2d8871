"""GitHub at the rim: the event, the API behind one client, and the runner's channels."""
