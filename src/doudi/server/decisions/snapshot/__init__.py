"""The registry's facts of one moment, frozen as a folder of facts (``doudi.screening.parts``): read, resolved, turned into columns, written."""
