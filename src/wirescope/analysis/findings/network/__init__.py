"""Rules about the way to the server: names, addresses, TCP and proxies (NET1xx)."""
