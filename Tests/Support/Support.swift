// The acceptance tests' own tools.
