"""ASSETT: territories run their own self-assessment of the ecological transition."""
