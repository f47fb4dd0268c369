"""What whoever runs the portal looks at: its figures."""
