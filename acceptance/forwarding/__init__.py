"""What the demonstration of forwarding is made of: the server, and who publishes and watches."""
