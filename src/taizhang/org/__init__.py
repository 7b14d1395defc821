"""Units with dates, people, posts, users, scopes: who belongs where, and who may reach what."""
