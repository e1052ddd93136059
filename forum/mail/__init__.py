"""Mail owns messages that leave the house: one delivery row each, sent by a job."""
