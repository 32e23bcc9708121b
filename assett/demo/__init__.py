"""The living demonstration: three territories, their actors and three years of assessments, all fictional."""
