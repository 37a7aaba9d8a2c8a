"""Whether two people on record may be one: normal forms, blocks, comparison and the evidence for it. No Django, no files, no clock."""
