"""What is filtered, written as files: CSV, XLSX, JSON lines."""
