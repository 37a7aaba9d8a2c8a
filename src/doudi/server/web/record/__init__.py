"""The pages of a household and of a person: their story, what is stated of them, and the acts on them."""
