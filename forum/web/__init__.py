"""Flask plumbing: access, sign-in, errors, forms, headers, page cache; knows no domain."""
