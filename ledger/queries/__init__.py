"""The read side: what pages and the API show, each page in a few set queries. Nothing here writes."""
