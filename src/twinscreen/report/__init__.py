"""Pages for people: one per patient, one for the cohort; they load nothing from outside."""
