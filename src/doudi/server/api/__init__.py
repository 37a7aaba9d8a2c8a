"""The REST API: the registry, decisions, lists and jobs for programs, by selectors and actions alone, as the pages have them."""
