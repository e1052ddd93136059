"""What the tests share: pages that are checked, a counter of statements, a cast of people."""
