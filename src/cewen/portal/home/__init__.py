"""Home: the front page, and the pages for what does not exist, may not be seen or went wrong."""
