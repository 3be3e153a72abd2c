"""How files of official releases are opened, and what their readers yield."""
