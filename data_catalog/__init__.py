"""What is known before anything is computed: units, variables, parameters, standards, classes."""
