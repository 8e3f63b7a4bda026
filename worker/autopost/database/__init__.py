"""The database: connections, the project's SQL files, error classes, the schema and its migrations."""
