"""The lists of the screenings and the screenings themselves."""
