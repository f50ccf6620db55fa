"""What the hub says of its own HTTP interface: OpenAPI 3.1 and a page for people, both from the route table."""
