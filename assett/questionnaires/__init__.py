"""Questionnaires: files, drafts, versions."""
