"""Importers: one module a source format, and the import run."""
