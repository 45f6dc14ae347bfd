"""An SMTP server that sends nothing, and a page to read what it was given."""
