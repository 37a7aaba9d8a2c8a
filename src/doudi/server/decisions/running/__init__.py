"""Deciding a snapshot part by part, so that it can be watched, left and taken up again."""
