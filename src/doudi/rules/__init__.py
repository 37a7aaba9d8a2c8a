"""The rules language: text in, typed model, two evaluators, explanation. No files, no clock, no web."""
