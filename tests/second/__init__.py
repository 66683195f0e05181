"""A second verifier of bundles, in another language, and what makes all verifiers judge the same random logs."""
