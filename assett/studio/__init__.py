"""The studio: where a collectivité writes its questionnaire, tries it, and publishes it."""
