"""The words between people and the rules: what they type and tap, and every sentence that they read, in Dutch and English."""
