"""Pages, made on the server. A view asks selectors and calls actions; it decides nothing."""
