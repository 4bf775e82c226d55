"""From rows to the shapes that templates show. Asks the database only where a function says so."""
