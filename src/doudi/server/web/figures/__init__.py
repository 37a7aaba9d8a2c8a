"""An area in figures: who is there, what they are due, what reaches them; each figure with the list behind it."""
