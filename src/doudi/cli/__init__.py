"""The command line: thin, every command calls one of the rooms below."""
