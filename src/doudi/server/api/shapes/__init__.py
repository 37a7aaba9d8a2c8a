"""What goes in and what comes out, as the schema says it."""
