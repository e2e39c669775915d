"""What readers look at: the page and its parts, its twins for e-mail and print, and the index."""
