"""Ground that every part stands on: time, database, errors, text, paging; knows no domain and no HTTP."""
