"""Pages for everybody, without signing in: what a family can get, and the standards in force. What is typed here is kept nowhere."""
