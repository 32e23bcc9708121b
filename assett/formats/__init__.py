"""Files of the format, read and written: YAML, JSON, XLSX and XLSForm. Pure; no web, no database."""
