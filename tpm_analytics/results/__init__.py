"""The tables that metrics yield and charts and readings read: one module a subject."""
