"""Places where the user can be; they own workers, handlers and bindings."""
