"""Cases own what was reported or waits for a review, and its history; they know ids, no subject."""
