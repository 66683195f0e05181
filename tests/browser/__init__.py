"""The answer page in a real browser on a phone's screen: without script, by keyboard, and under the rules of WCAG 2.2 AA."""
