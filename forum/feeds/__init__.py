"""What programs read: feeds of discussions, the site map, and what crawlers are asked to leave."""
