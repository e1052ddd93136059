"""Ground for every part: time, database, errors, text, paging; knows no domain and no HTTP."""
