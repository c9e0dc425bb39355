select key from access.cursor_keys
