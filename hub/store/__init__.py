"""What the hub remembers: agreements, accounts, releases, deliveries, keys and the journal."""
