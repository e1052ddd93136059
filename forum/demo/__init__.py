"""Made-up people, spaces and threads for a first look; owns no table and no rule of the forum."""
