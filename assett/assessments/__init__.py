"""Self-assessments: answers, results, history."""
